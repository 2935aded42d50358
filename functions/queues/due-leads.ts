import { continuedTimes } from '../../shared/aws/send-messages.ts';
import { readInnerMessage } from '../../shared/jobs/inner-message.ts';
import { dueLeadsMessageSchema } from '../../shared/lead/due-lead-store.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';
import type { RefusedMessage } from './dead-letters.ts';
import { createQueueWorker, type QueueFunction } from './queue-frame.ts';
import { refusedLeads } from './refused-leads.ts';

/** The worker of the queue of due leads: evaluates each lead once, at the latest of its due moments or later. */
export function createDueLeadsWorker(stores: LeadStores = createLeadStores()): QueueFunction {
  return createQueueWorker(stores.clients, async (event) => {
    const refused: RefusedMessage[] = [];
    const failed = new Map<string, string>();
    const messages = event.Records.flatMap((record) => {
      const read = readInnerMessage(record.body, dueLeadsMessageSchema);
      if ('message' in read) return [{ record, due: read.message }];
      if ('failed' in read) failed.set(record.messageId, read.failed);
      else refused.push({ record, reason: read.refused });
      return [];
    });
    const dueAtByLead = new Map<string, number>();
    for (const { due } of messages) {
      for (const leadId of due.leadIds) dueAtByLead.set(leadId, Math.max(due.dueAt, dueAtByLead.get(leadId) ?? 0));
    }
    const work = [...dueAtByLead].map(([leadId, dueAt]) => ({ leadId, dueAt }));
    const continued = Math.max(0, ...event.Records.map(({ messageAttributes }) => continuedTimes(messageAttributes)));
    const { outcomes, failed: failedLeads } = await evaluateAndFollowUp(stores, work, { continued });
    const problems = new Map([...failedLeads, ...(await leaveAlone(stores, outcomes.values()))]);
    for (const { record, due } of messages) {
      const leadId = due.leadIds.find((id) => problems.has(id));
      if (leadId) failed.set(record.messageId, `lead ${leadId}: ${problems.get(leadId)}`);
      else {
        const ofMessage = due.leadIds.map((id) => outcomes.get(id));
        const letter = refusedLeads(record, ofMessage, (leadIds) => ({ dueAt: due.dueAt, leadIds }));
        if (letter) refused.push(letter);
      }
    }
    return { refused, failed };
  });
}

/**
 * Takes leads without room for what was decided off the clock, which would queue them every minute for ever. Answers those
 * that could not be written, with the reason.
 */
async function leaveAlone(
  { leads }: LeadStores,
  outcomes: Iterable<LeadOutcome>,
): Promise<ReadonlyMap<string, string>> {
  const documents = [...outcomes].flatMap(({ refused, document }) =>
    refused !== undefined && document && !document.isOverdue ? [document] : [],
  );
  const writes = documents.map((before) => ({ before, after: overdue(before), outbox: { transitions: [] } }));
  const results = await leads.write(writes);
  return new Map(
    documents.flatMap(({ leadId }, index) => {
      const result = results[index];
      if (result === 'written') return [];
      return [[leadId, typeof result === 'object' && 'failed' in result ? result.failed : 'it changed meanwhile']];
    }),
  );
}

function overdue({ dueAt: _dueAt, ...document }: LeadDocument): LeadDocument {
  return { ...document, version: document.version + 1, isOverdue: true };
}

/** Wakes on the queue `due-leads`: leads whose memberships may change because time has passed. */
export const handler = createDueLeadsWorker();
