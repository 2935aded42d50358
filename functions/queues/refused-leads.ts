import type { SQSRecord } from 'aws-lambda';
import type { LeadOutcome } from '../../shared/membership/evaluate-leads.ts';
import type { RefusedMessage } from './dead-letters.ts';

/**
 * Leads of a message whose documents have no room for what was decided, as a message of their own for the dead letters;
 * undefined where all have. Unlike a refused change nobody sends them again: there they wait until somebody made room.
 */
export function refusedLeads(
  record: SQSRecord,
  outcomes: Iterable<LeadOutcome | undefined>,
  messageOf: (leadIds: readonly string[]) => object,
): RefusedMessage | undefined {
  const refused = [...outcomes].flatMap((outcome) => (outcome?.refused === undefined ? [] : [outcome]));
  const [first] = refused;
  if (!first) return undefined;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more leads)` : '';
  return {
    record: { ...record, body: JSON.stringify(messageOf(refused.map(({ leadId }) => leadId))) },
    reason: `lead ${first.leadId}: ${first.refused}${more}`,
  };
}
