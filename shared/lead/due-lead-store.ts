import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { continuedAttribute, sendMessages } from '../aws/send-messages.ts';
import { leadIdSchema } from './change.ts';

/** A message of the queue `due-leads`: these leads have a rule that may flip at that moment (epoch ms). */
export const dueLeadsMessageSchema = z.strictObject({
  dueAt: z.int().min(0).max(8_640_000_000_000_000),
  leadIds: z.array(leadIdSchema).min(1).max(1_000),
});
/** A message of the queue `due-leads`. */
type DueLeadsMessage = z.infer<typeof dueLeadsMessageSchema>;

/** Who sets a due moment nearer than this queues it itself; later ones are the schedule's. */
export const dueHorizonMs = 120_000;

const leadsPerMessage = 100;

/**
 * Queues leads that fall due soon, those of one second together, delayed to that second. `continued`: how many messages
 * followed each other up to these.
 */
export async function queueDueLeads(
  sqs: SQSClient,
  queueUrl: string,
  due: readonly { leadId: string; dueAt: number }[],
  now: number,
  continued = 0,
): Promise<void> {
  const bySecond = new Map<number, string[]>();
  for (const { leadId, dueAt } of due) {
    const second = Math.ceil(dueAt / 1000);
    const leadIds = bySecond.get(second) ?? [];
    leadIds.push(leadId);
    bySecond.set(second, leadIds);
  }
  const messages = [...bySecond].flatMap(([second, leadIds]) => {
    const delaySeconds = Math.max(0, Math.min(900, Math.ceil(second - now / 1000)));
    const parts = Array.from({ length: Math.ceil(leadIds.length / leadsPerMessage) }, (_, part) =>
      leadIds.slice(part * leadsPerMessage, (part + 1) * leadsPerMessage),
    );
    return parts.map((part) => {
      const message: DueLeadsMessage = { dueAt: second * 1000, leadIds: part };
      return { body: JSON.stringify(message), delaySeconds, attributes: continuedAttribute(continued) };
    });
  });
  await sendMessages(sqs, queueUrl, messages);
}
