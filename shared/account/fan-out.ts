import { z } from 'zod';

const id = z.string().min(1).max(256);

/** The message that asks for the leads of an account to read their account again: those of a range of ids, or a few. */
export const accountFanOutMessageSchema = z.strictObject({
  kind: z.literal('account_fan_out'),
  accountId: id,
  /** Only leads after this id. */
  after: id.optional(),
  /** Only leads up to this id. */
  through: id.optional(),
  /** Only these leads: those that failed in a range of their own. */
  leadIds: z.array(id).min(1).max(1_000).optional(),
  /** The change of the account was sent then (epoch ms) or later; without it, when this message was. */
  since: z.number().optional(),
  /** What says until it is done that the change has not reached all leads (`FanOutStore`). */
  noteId: id.optional(),
});
/** Asks for a range of an account's leads. */
export type AccountFanOutMessage = z.infer<typeof accountFanOutMessageSchema>;

/** An account whose leads are to be evaluated. */
export interface AccountChanged {
  readonly accountId: string;
  /** The change was sent then (epoch ms) or later. */
  readonly since: number;
}

/**
 * The messages for all leads of an account: a range after each of the ids at which its roster is cut, the last without
 * end, since leads may join meanwhile.
 */
export function fanOutMessages(
  { accountId, since }: AccountChanged,
  cuts: readonly string[],
  newId: () => string,
): (AccountFanOutMessage & { readonly noteId: string; readonly since: number })[] {
  return [undefined, ...cuts].map((after, index) => ({
    kind: 'account_fan_out',
    accountId,
    ...(after !== undefined && { after }),
    ...(cuts[index] !== undefined && { through: cuts[index] }),
    since,
    noteId: newId(),
  }));
}
