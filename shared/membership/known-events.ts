import type { CatalogCondition } from '../catalog/catalog.ts';
import type { LeadChange, LeadEvent } from '../lead/change.ts';
import { eventsThat, matchingAt, type NewestFirst, noEvents, type RawEvent } from '../lead/event-order.ts';
import { addEvents, knowsNewest } from '../lead/event-state.ts';
import { type Cause, type EventState, isMember, type LeadDocument, type Named, own } from '../lead/lead-document.ts';
import { causeOf } from '../lead/merge-changes.ts';
import type { Slot } from '../lead/slot.ts';
import type { Subject } from '../matcher/evaluation.ts';
import type { DecisionBasis } from './decision-input.ts';

/** What became of events that were added. */
interface AddedEvents {
  /**
   * The slots of all conditions that an event matches: one that has the event already may have it from a reading of the
   * raw events, for one segment of those that read it.
   */
  readonly matched: ReadonlySet<Slot>;
  /** The slots whose answer the events may have changed, each with the last that did. */
  readonly touched: ReadonlyMap<Slot, Cause>;
  /** Whether some of them are kept nowhere but in the raw events. */
  readonly areSomeUnkept: boolean;
}

/**
 * What is known of a lead's events within one step of a decision: the state its document keeps, and the raw events that
 * were read. It is asked while rules are evaluated, and notes on the way what the raw events told, which the document is
 * then to keep (`keptIn`), and what nobody knows (`missing`).
 */
export class KnownEvents {
  private readonly document: LeadDocument;
  private readonly basis: DecisionBasis;
  private readonly hidden: readonly LeadChange[];
  private kept: Named<EventState>;
  private readonly unknown = new Set<CatalogCondition>();

  /** `hidden`: changes whose events, which are stored already, are not to be seen yet. */
  constructor(document: LeadDocument, basis: DecisionBasis, hidden: readonly LeadChange[] = []) {
    this.document = document;
    this.basis = basis;
    this.hidden = hidden;
    this.kept = document.events;
  }

  /** The conditions that were asked for and that it takes the raw events to know. */
  get missing(): readonly CatalogCondition[] {
    return [...this.unknown];
  }

  /** The document with what was learnt; the same one if that is nothing. */
  keptIn(document: LeadDocument): LeadDocument {
    return document.events === this.kept ? document : { ...document, events: this.kept };
  }

  /** The lead as rules are asked about it at a moment (epoch ms); its memberships are those the document has when asked. */
  subject(document: LeadDocument, now: number): Subject {
    const conditionOf = (key: string) => this.basis.catalog.conditions.get(key);
    return {
      document,
      now,
      events: ({ key }, n) => {
        const condition = conditionOf(key);
        if (!condition) return noEvents;
        if (!condition.readsClock) return this.stateOf(condition, n)?.newest ?? noEvents;
        return matchingAt(this.rawEventsOf(condition), condition, now);
      },
      eventsFlipAt: ({ key }) => {
        const condition = conditionOf(key);
        if (!condition?.readsClock) return Number.POSITIVE_INFINITY;
        return this.rawEventsOf(condition).reduce(
          (earliest, event) => Math.min(earliest, condition.nextFlipAt(event.metadata, now)),
          Number.POSITIVE_INFINITY,
        );
      },
      isMemberOf: (segmentId) => isMember(document, segmentId),
    };
  }

  /** Adds events to the state of the conditions they match. */
  add(events: readonly LeadEvent[]): AddedEvents {
    const { catalog, document: stored, now } = this.basis;
    const matched = new Set<Slot>();
    const touched = new Map<Slot, Cause>();
    let areSomeUnkept = false;
    for (const event of events) {
      for (const condition of catalog.conditionsOfType.get(event.eventType) ?? []) {
        const slot: Slot = `event:${condition.id}`;
        if (!condition.readsClock) {
          if (!condition.matches(event.metadata ?? {}, now)) continue;
          matched.add(slot);
          const state = this.stateOf(condition);
          if (state) this.keep(condition, addEvents(state, [[event.occurredAt, event.eventId]], condition.n));
          if (own(this.kept, condition.id) === own(stored.events, condition.id)) continue;
        } else if (mayCount(condition, event, now)) areSomeUnkept = true;
        touched.set(slot, causeOf(event));
      }
    }
    return { matched, touched, areSomeUnkept };
  }

  /** The condition's state; undefined, and noted as missing, when it takes the raw events to know it. */
  private stateOf(condition: CatalogCondition, n = 1): EventState | undefined {
    const kept = own(this.kept, condition.id);
    if (knowsNewest(kept, n)) return kept;
    const isFirstSight = this.basis.document.version === 0;
    if (!kept && (condition.backfilledN > 0 || isFirstSight)) return { n: condition.n, newest: noEvents };
    const raw = this.visibleEvents(condition);
    if (!raw) {
      this.unknown.add(condition);
      return undefined;
    }
    const everything = { n: Number.POSITIVE_INFINITY, newest: kept?.newest ?? noEvents };
    const state = addEvents(everything, matchingAt(raw, condition, this.basis.now), condition.n);
    // Nothing is kept for a lead without such events: most leads, and "backfilled" says it for all of them.
    if (state.newest.length > 0) this.keep(condition, state);
    return state;
  }

  private keep({ id }: CatalogCondition, state: EventState): void {
    if (own(this.kept, id) !== state) this.kept = { ...this.kept, [id]: state };
  }

  private rawEventsOf(condition: CatalogCondition): NewestFirst<RawEvent> {
    const raw = this.visibleEvents(condition);
    const isFirstSight = this.basis.document.version === 0;
    const mayHaveEvents = !isFirstSight || this.document.eventTypes.includes(condition.eventType);
    if (!raw && mayHaveEvents) this.unknown.add(condition);
    return raw ?? noEvents;
  }

  /** What was read of the condition's raw events that exists and is not hidden. */
  private visibleEvents(condition: CatalogCondition): NewestFirst<RawEvent> | undefined {
    const { deletedAt = Number.NEGATIVE_INFINITY } = this.document;
    const read = this.basis.rawEvents?.get(condition.id);
    if (!read) return undefined;
    const hidden = eventsAmong(this.hidden);
    const isHidden = ({ eventId, occurredAt }: RawEvent) =>
      hidden.some((event) => event.eventId === eventId && event.occurredAt === occurredAt);
    return eventsThat(read, (event) => event.occurredAt > deletedAt && !isHidden(event));
  }
}

/** The events among changes. */
export function eventsAmong(changes: readonly LeadChange[]): LeadEvent[] {
  return changes.flatMap((change) => (change.kind === 'lead_event' ? [change] : []));
}

/** Whether an event matches a condition now, or may at some later moment. */
function mayCount({ matches, nextFlipAt }: CatalogCondition, { metadata = {} }: LeadEvent, now: number): boolean {
  return matches(metadata, now) || Number.isFinite(nextFlipAt(metadata, now));
}
