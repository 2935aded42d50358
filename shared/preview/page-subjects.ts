import { knowsNewest } from '../lead/event-state.ts';
import { isMember, type LeadDocument, own, type SeenEvent } from '../lead/lead-document.ts';
import type { Catalog } from '../matcher/catalog.ts';
import type { RawEvent } from '../membership/decision.ts';
import type { Subject } from '../rule/evaluation.ts';
import {
  compileEventCondition,
  type EventCondition,
  eventConditionKey,
  eventsNeeded,
} from '../rule/event-condition.ts';
import { leafRules, type Rule } from '../rule/rule.ts';

/** A shard's events of one type, from the first lead to the last (both included), sorted by lead, then moment. */
export type EventsOfLeads = (
  eventType: string,
  shard: string,
  first: string,
  last: string,
) => AsyncIterable<RawEvent & { readonly leadId: string }>;

type EventsOf = (leadId: string, condition: EventCondition) => readonly RawEvent[] | undefined;

/**
 * Makes the subjects of pending rules, a page of one shard's leads (sorted by id) at a time, with the events of those
 * conditions that lead documents do not answer.
 */
export function subjectsOfPages(eventsOfLeads: EventsOfLeads, catalog: Catalog, rules: readonly Rule[], now: number) {
  const eventsOfPage = readerOfEvents(eventsOfLeads, catalog, rules, now);
  return async (shard: string, leads: readonly LeadDocument[]): Promise<(document: LeadDocument) => Subject> => {
    const eventsOf = await eventsOfPage(shard, leads);
    return (document) => subjectOf(document, catalog, now, eventsOf);
  };
}

function subjectOf(document: LeadDocument, catalog: Catalog, now: number, eventsOf: EventsOf): Subject {
  return {
    document,
    now,
    events: (condition, n) => {
      const raw = eventsOf(document.leadId, condition);
      if (raw) return raw.map((event): SeenEvent => [event.occurredAt, event.eventId]);
      const kept = catalog.conditions.get(condition.key);
      const state = kept && own(document.events, kept.id);
      if (state && !knowsNewest(state, n))
        throw new Error(`Event state of ${document.leadId} is shorter than its catalog says`);
      return state?.newest ?? [];
    },
    eventsFlipAt: () => Number.POSITIVE_INFINITY,
    isMemberOf: (segmentId) => catalog.active.has(segmentId) && isMember(document, segmentId),
  };
}

/** A merge join of two streams sorted by lead, keeping only the newest events that decide. */
function readerOfEvents(eventsOfLeads: EventsOfLeads, catalog: Catalog, rules: readonly Rule[], now: number) {
  const toRead = new Map<string, { condition: EventCondition; n: number }>();
  for (const rule of leafRules(rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    const condition = compileEventCondition(rule);
    const n = Math.max(eventsNeeded(rule), toRead.get(key)?.n ?? 0);
    const kept = catalog.conditions.get(key);
    const isKept = !condition.readsClock && kept !== undefined && Math.min(kept.n, kept.backfilledN) >= n;
    if (!isKept) toRead.set(key, { condition, n });
  }
  return async (shard: string, leads: readonly LeadDocument[]): Promise<EventsOf> => {
    const [first, last] = [leads.at(0)?.leadId, leads.at(-1)?.leadId];
    if (toRead.size === 0 || first === undefined || last === undefined) return () => undefined;
    const newest = new Map([...toRead.keys()].map((key) => [key, new Map<string, RawEvent[]>()]));
    const conditions = [...toRead.values()];
    for (const eventType of new Set(conditions.map(({ condition }) => condition.eventType))) {
      const ofType = conditions.filter(({ condition }) => condition.eventType === eventType);
      for await (const event of eventsOfLeads(eventType, shard, first, last)) {
        for (const { condition, n } of ofType) {
          if (!condition.matches(event.metadata, now)) continue;
          const byLead = newest.get(condition.key)!;
          const kept = byLead.get(event.leadId) ?? [];
          byLead.set(event.leadId, [event, ...kept].slice(0, n));
        }
      }
    }
    return (leadId, { key }) => (toRead.has(key) ? (newest.get(key)?.get(leadId) ?? []) : undefined);
  };
}
