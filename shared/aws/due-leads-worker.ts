import type { RefusedMessage } from './dead-letters.ts';
import { dueLeadsMessageSchema } from './due-leads.ts';
import { readInnerMessage } from './inner-message.ts';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from './lead-evaluation.ts';
import { createQueueWorker, type QueueFunction } from './queue-worker.ts';

/** The worker of the queue of due leads: evaluates each lead once, at the latest of its due moments or later. */
export function createDueLeadsWorker(stores: LeadStores = createLeadStores()): QueueFunction {
  return createQueueWorker(stores.clients.sqs, async (event) => {
    const refused: RefusedMessage[] = [];
    const failed = new Map<string, string>();
    const messages = event.Records.flatMap((record) => {
      const read = readInnerMessage(record.body, dueLeadsMessageSchema);
      if ('message' in read) return [{ record, due: read.message }];
      refused.push({ record, reason: read.refused });
      return [];
    });
    const dueAtByLead = new Map<string, number>();
    for (const { due } of messages) {
      for (const leadId of due.leadIds) dueAtByLead.set(leadId, Math.max(due.dueAt, dueAtByLead.get(leadId) ?? 0));
    }
    const work = [...dueAtByLead].map(([leadId, dueAt]) => ({ leadId, dueAt }));
    const result = await evaluateAndFollowUp(stores, work);
    for (const { record, due } of messages) {
      const leadId = due.leadIds.find((id) => result.failed.has(id));
      if (leadId) failed.set(record.messageId, `lead ${leadId}: ${result.failed.get(leadId)}`);
    }
    return { refused, failed };
  });
}
