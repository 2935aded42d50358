import { z } from 'zod';

const id = z.string().min(1).max(256);

/** The message that asks for the leads of an account after an id, or all, to read their account again. */
export const accountFanOutMessageSchema = z.strictObject({
  kind: z.literal('account_fan_out'),
  accountId: id,
  after: id.optional(),
  /** Only these leads: those that failed in a range of their own. */
  leadIds: z.array(id).min(1).max(1_000).optional(),
});
/** Asks for a range of an account's leads. */
export type AccountFanOutMessage = z.infer<typeof accountFanOutMessageSchema>;
