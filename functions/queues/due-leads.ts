import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deliverAgain } from '../../shared/aws/change-worker.ts';
import type { DueLeadsMessage } from '../../shared/aws/due-leads.ts';
import { createLeadStores, evaluateAndFollowUp } from '../../shared/aws/lead-evaluation.ts';

const stores = createLeadStores();

/** Wakes when leads fall due: evaluates all that reads the clock, at the due moment or later. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const messages = event.Records.map((record) => ({ record, due: JSON.parse(record.body) as DueLeadsMessage }));
  const dueAtByLead = new Map<string, number>();
  for (const { due } of messages) {
    for (const leadId of due.leadIds) dueAtByLead.set(leadId, Math.max(due.dueAt, dueAtByLead.get(leadId) ?? 0));
  }
  const work = [...dueAtByLead].map(([leadId, dueAt]) => ({ leadId, dueAt }));
  const { failed } = await evaluateAndFollowUp(stores, work);
  const again = messages.filter(({ due }) => due.leadIds.some((leadId) => failed.has(leadId)));
  return deliverAgain(again.map(({ record }) => record));
}
