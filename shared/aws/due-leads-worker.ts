import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deliverAgain } from './change-worker.ts';
import type { DueLeadsMessage } from './due-leads.ts';
import { createLeadStores, evaluateAndFollowUp, type LeadStores } from './lead-evaluation.ts';

/** The worker of the queue of due leads: evaluates all that reads the clock, at the due moment or later. */
export function createDueLeadsWorker(
  stores: LeadStores = createLeadStores(),
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (event) => {
    const messages = event.Records.map((record) => ({ record, due: JSON.parse(record.body) as DueLeadsMessage }));
    const dueAtByLead = new Map<string, number>();
    for (const { due } of messages) {
      for (const leadId of due.leadIds) dueAtByLead.set(leadId, Math.max(due.dueAt, dueAtByLead.get(leadId) ?? 0));
    }
    const work = [...dueAtByLead].map(([leadId, dueAt]) => ({ leadId, dueAt }));
    const { failed } = await evaluateAndFollowUp(stores, work);
    const again = messages.filter(({ due }) => due.leadIds.some((leadId) => failed.has(leadId)));
    return deliverAgain(again.map(({ record }) => record));
  };
}
