import type { Catalog } from '../catalog/catalog.ts';
import { eventsThat, matchingAt, type NewestFirst, noEvents, type RawEvent } from '../lead/event-order.ts';
import { knowsNewest } from '../lead/event-state.ts';
import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import type { Subject } from '../matcher/evaluation.ts';
import {
  compileEventCondition,
  type EventCondition,
  eventConditionKey,
  eventsNeeded,
} from '../rule/event-condition.ts';
import { leafRules, type Rule } from '../rule/rule.ts';

/** Raw events of one lead, by the key of the condition they were read for. */
export type EventsByCondition = ReadonlyMap<string, NewestFirst<RawEvent>>;

/** A condition whose raw events are needed, and the newest of them that decide. */
interface EventsToRead {
  readonly condition: EventCondition;
  readonly n: number;
}

/** The conditions of rules that the document's event state does not answer. */
export function eventsToRead(document: LeadDocument, rules: readonly Rule[], catalog: Catalog): EventsToRead[] {
  const toRead = new Map<string, EventsToRead>();
  for (const rule of leafRules(rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    const n = Math.max(eventsNeeded(rule), toRead.get(key)?.n ?? 0);
    const condition = compileEventCondition(rule);
    if (!isKnown(document, catalog, condition, n)) toRead.set(key, { condition, n });
  }
  return [...toRead.values()];
}

function isKnown(document: LeadDocument, catalog: Catalog, { key, readsClock }: EventCondition, n: number): boolean {
  const kept = catalog.conditions.get(key);
  if (readsClock || !kept) return false;
  const state = own(document.events, kept.id);
  return state ? knowsNewest(state, n) : kept.backfilledN > 0;
}

/** A lead as it is stored, with the raw events of `eventsToRead`, at a moment (epoch ms). */
export function storedSubject(
  document: LeadDocument,
  catalog: Catalog,
  events: EventsByCondition,
  now: number,
): Subject {
  return {
    document,
    now,
    events: (condition) => {
      const read = events.get(condition.key);
      if (read) {
        // What happened up to a lead's deletion does not exist.
        const existing = eventsThat(read, ({ occurredAt }) => occurredAt > (document.deletedAt ?? 0));
        return matchingAt(existing, condition, now);
      }
      const kept = catalog.conditions.get(condition.key);
      return (kept && own(document.events, kept.id)?.newest) ?? noEvents;
    },
    eventsFlipAt: () => Number.POSITIVE_INFINITY,
    // An inactive segment is frozen: nobody counts as a member.
    isMemberOf: (segmentId) => catalog.active.has(segmentId) && isMember(document, segmentId),
  };
}
