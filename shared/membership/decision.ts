import type { Catalog, CatalogCondition, CompiledSegment } from '../catalog/catalog.ts';
import type { LeadChange, LeadEvent } from '../lead/change.ts';
import { eventsThat, matchingAt, type NewestFirst, noEvents, type RawEvent } from '../lead/event-order.ts';
import { addEvents, knowsNewest } from '../lead/event-state.ts';
import type { HandAct } from '../lead/hand-act.ts';
import {
  type Cause,
  type EventState,
  isMember,
  type LeadDocument,
  type LeadDraft,
  own,
} from '../lead/lead-document.ts';
import { causeOf, type ReadAccount } from '../lead/merge-changes.ts';
import type { Outbox, Transition } from '../lead/outbox.ts';
import type { Slot } from '../lead/slot.ts';
import type { Subject } from '../matcher/evaluation.ts';
import { type HandCommand, type HandResult, standingAct, unsettledSegments } from './by-hand.ts';
import { nextTransition, type TransitionOrigin } from './transition.ts';

/** All that one decision about one lead is made from. */
export interface DecisionInput {
  /** The stored document, or `unknownLead(leadId)`. */
  readonly document: LeadDocument;
  readonly changes: readonly LeadChange[];
  readonly accounts: ReadonlyMap<string, ReadAccount>;
  readonly catalog: Catalog;
  /** Epoch ms; the decision is made at this moment or at the document's last one, whichever is later. */
  readonly now: number;
  /**
   * Raw events that were read for this lead, by condition id: of the condition's type, at least the newest `n` that match
   * it (all of them where it reads the clock). Those of one condition say nothing about another.
   */
  readonly rawEvents?: ReadonlyMap<string, NewestFirst<RawEvent>>;
  /** Segments to evaluate whatever changed. */
  readonly recalculate?: RequestedEvaluation;
  /** What a person does about the lead. */
  readonly command?: HandCommand | undefined;
  /** Delete the lead. */
  readonly deletes?: boolean | undefined;
  /** Evaluate all that reads the clock, due or not. */
  readonly isDue?: boolean;
}

/** Segments to evaluate, and since when (epoch ms) that was wanted: acts by hand that are newer stand. */
export interface RequestedEvaluation {
  readonly segmentIds: readonly string[];
  readonly requestedAt: number;
  /** Nobody asked and nothing was saved: what flips was not as the rules say. */
  readonly isReconciliation?: boolean;
}

/** A decision; or, where the document's event state does not suffice, the conditions whose raw events it needs. */
export type Decision =
  | { readonly missing: readonly CatalogCondition[] }
  | {
      readonly missing?: undefined;
      readonly document: LeadDocument;
      readonly outbox: Outbox;
      /** Whether there is anything to write. */
      readonly changed: boolean;
      /** What came of the command. */
      readonly handResult?: HandResult;
    };

type Origin = Omit<TransitionOrigin, 'source'> & Partial<Pick<TransitionOrigin, 'source'>>;

/** How segments are evaluated together. */
export interface EvaluationRun {
  readonly originOf: (segment: CompiledSegment) => Origin;
  /** Whether the segment is evaluated for something that ends an addition or removal by hand. */
  readonly endsAct: (segment: CompiledSegment, act: HandAct) => boolean;
}

/** The work on one lead: the document as it becomes, and what was found out on the way. */
export class LeadEvaluation {
  document: LeadDocument;
  /** Epoch ms at which rules are asked. */
  moment: number;
  /** Whether the events among the changes, which are stored already, are not to be seen yet. */
  hidesChanges = true;
  private readonly input: DecisionInput;
  private readonly now: number;
  private readonly start: LeadDocument;
  private readonly transitions: Transition[] = [];
  private readonly changedRows = new Set<string>();
  /** What the rules of segments with an unsettled act said of the lead as it was. */
  private readonly heldBefore: ReadonlyMap<string, boolean>;
  private readonly missing = new Set<CatalogCondition>();
  private readonly evaluated = new Set<CompiledSegment>();
  /**
   * Whether some of the events are kept nowhere but in the raw events: then only a write, whatever it changes, makes those
   * start over who read the raw events before and are about to decide without them.
   */
  private hasUnkeptEvents = false;

  constructor(input: DecisionInput, document: LeadDocument, now: number) {
    this.input = input;
    this.start = document;
    this.document = document;
    this.now = now;
    this.moment = document.evaluatedAt;
    const active = unsettledSegments(document).flatMap((id) => input.catalog.active.get(id) ?? []);
    this.heldBefore = new Map(active.map((compiled) => [compiled.segment.id, compiled.holds(this.subject())]));
    this.moment = now;
  }

  /** Evaluates segments in the order of their references, each once, with those that refer to one that flips. */
  run(segments: Iterable<CompiledSegment>, { originOf, endsAct }: EvaluationRun): void {
    const { depths, referrers } = this.input.catalog;
    const origins = new Map<CompiledSegment, () => Origin>();
    for (const compiled of segments) origins.set(compiled, () => originOf(compiled));
    const byDepth: CompiledSegment[][] = [];
    const queue = (compiled: CompiledSegment) => {
      const depth = depths.get(compiled.segment.id) ?? 0;
      byDepth[depth] ??= [];
      byDepth[depth].push(compiled);
    };
    for (const compiled of origins.keys()) queue(compiled);
    // Referrers are deeper than what they refer to, so they join a list that is still to come.
    for (let depth = 0; depth < byDepth.length; depth++) {
      for (const compiled of byDepth[depth] ?? []) {
        if (this.evaluate(compiled, endsAct) === isMember(this.document, compiled.segment.id)) continue;
        const origin = origins.get(compiled)!();
        this.flip(compiled, origin);
        for (const referrer of referrers.get(compiled.segment.id) ?? []) {
          if (origins.has(referrer)) continue;
          origins.set(referrer, () => origin);
          queue(referrer);
        }
      }
    }
  }

  /** Whether the lead is to be a member: by what a person did, as long as that stands, else by the rules. */
  private evaluate(compiled: CompiledSegment, endsAct: EvaluationRun['endsAct']): boolean {
    const { id, rules } = compiled.segment;
    const act = standingAct(this.document, id);
    if (act?.kind === 'pinned' || act?.kind === 'excluded') return act.kind === 'pinned';
    this.evaluated.add(compiled);
    const holds = compiled.holds(this.subject());
    if (!act) return holds;
    const ends = rules.length > 0 && (holds !== this.heldBefore.get(id) || endsAct(compiled, act));
    if (!ends) return isMember(this.document, id);
    this.record(id, { ...act, isSettled: true });
    return holds;
  }

  private flip({ segment }: CompiledSegment, origin: Origin): void {
    const { document, transition } = nextTransition(this.document, segment, this.now, { source: 'rules', ...origin });
    this.document = document;
    this.transitions.push(transition);
  }

  private record(segmentId: string, act: HandAct): void {
    const byHand = { ...this.document.byHand, [segmentId]: act };
    this.document = { ...this.document, byHand };
  }

  /** Lets a person decide: the lead is a member or not from now on, and segments that refer to this one follow. */
  decideByHand(compiled: CompiledSegment, act: HandAct, makesMember: boolean, origin: TransitionOrigin): void {
    const { id } = compiled.segment;
    this.record(id, act);
    this.evaluated.add(compiled);
    this.changedRows.add(id);
    if (isMember(this.document, id) !== makesMember) {
      this.flip(compiled, origin);
      const { reason: _byHand, source: _source, ...cause } = origin;
      const referrers = this.input.catalog.referrers.get(id) ?? [];
      this.run(referrers, { originOf: () => ({ reason: 'rules', ...cause }), endsAct: () => false });
      return;
    }
    const state = own(this.document.memberships, id);
    if (!state || !makesMember) return;
    const memberships = { ...this.document.memberships, [id]: { ...state, source: origin.source } };
    this.document = { ...this.document, memberships };
  }

  /**
   * Adds the events among the changes to the state of the conditions they match. Answers the slots of all of these: one
   * that has the event already may have it from a reading of the raw events, for one segment of those that read it.
   */
  addEvents(changes: readonly LeadChange[], touched: Map<Slot, Cause>): ReadonlySet<Slot> {
    const matched = new Set<Slot>();
    for (const change of changes) {
      if (change.kind !== 'lead_event') continue;
      for (const condition of this.input.catalog.conditionsOfType.get(change.eventType) ?? []) {
        if (!condition.readsClock) {
          if (!condition.matches(change.metadata ?? {}, this.now)) continue;
          matched.add(`event:${condition.id}`);
          const state = this.stateOf(condition);
          if (state) this.keep(condition, addEvents(state, [[change.occurredAt, change.eventId]], condition.n));
          const stored = own(this.input.document.events, condition.id);
          if (own(this.document.events, condition.id) === stored) continue;
        } else if (mayCount(condition, change, this.now)) this.hasUnkeptEvents = true;
        touched.set(`event:${condition.id}`, causeOf(change));
      }
    }
    return matched;
  }

  /** The condition's state; undefined, and noted as missing, when it takes the raw events to know it. */
  private stateOf(condition: CatalogCondition, n = 1): EventState | undefined {
    const stored = own(this.document.events, condition.id);
    if (knowsNewest(stored, n)) return stored;
    const { input } = this;
    if (!stored && (condition.backfilledN > 0 || input.document.version === 0))
      return { n: condition.n, newest: noEvents };
    const raw = this.visibleEvents(condition);
    if (!raw) {
      this.missing.add(condition);
      return undefined;
    }
    const everything = { n: Number.POSITIVE_INFINITY, newest: stored?.newest ?? noEvents };
    const state = addEvents(everything, matchingAt(raw, condition, this.now), condition.n);
    // Nothing is kept for a lead without such events: most leads, and "backfilled" says it for all of them.
    if (state.newest.length > 0) this.keep(condition, state);
    return state;
  }

  private keep(condition: CatalogCondition, state: EventState): void {
    if (own(this.document.events, condition.id) === state) return;
    const events = { ...this.document.events, [condition.id]: state };
    this.document = { ...this.document, events };
  }

  /** What was read of the condition's raw events; without those among the changes while these are hidden. */
  private visibleEvents(condition: CatalogCondition): NewestFirst<RawEvent> | undefined {
    const { deletedAt = Number.NEGATIVE_INFINITY } = this.document;
    const read = this.input.rawEvents?.get(condition.id);
    const raw = read && eventsThat(read, ({ occurredAt }) => occurredAt > deletedAt);
    if (!raw || !this.hidesChanges) return raw;
    const changed = this.input.changes.flatMap((change) => (change.kind === 'lead_event' ? [change] : []));
    return eventsThat(
      raw,
      ({ eventId, occurredAt }) =>
        !changed.some((change) => change.eventId === eventId && change.occurredAt === occurredAt),
    );
  }

  private rawEventsOf(condition: CatalogCondition): NewestFirst<RawEvent> {
    const raw = this.visibleEvents(condition);
    const isFirstSight = this.input.document.version === 0;
    const mayHaveEvents = !isFirstSight || this.document.eventTypes.includes(condition.eventType);
    if (!raw && mayHaveEvents) this.missing.add(condition);
    return raw ?? noEvents;
  }

  private subject(): Subject {
    const now = this.moment;
    const conditionOf = (key: string) => this.input.catalog.conditions.get(key);
    return {
      document: this.document,
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
      isMemberOf: (segmentId) => isMember(this.document, segmentId),
    };
  }

  /** Event state without that of conditions no active segment has any more; their ids are never used again. */
  private liveEvents(): LeadDocument['events'] {
    const { events } = this.document;
    const ids = Object.keys(events);
    const live = ids.filter((id) => this.input.catalog.conditionIds.has(id));
    return live.length === ids.length ? events : Object.fromEntries(live.map((id) => [id, events[id]!]));
  }

  /** When (epoch ms) each segment that was evaluated and reads the clock flips next. */
  private nextFlips(): number[] {
    const timed = [...this.evaluated].filter((compiled) => compiled.readsClock);
    if (timed.length === 0) return [];
    const subject = this.subject();
    return timed.map((compiled) => compiled.nextFlipAt(subject));
  }

  /** `isComplete`: everything that reads the clock was evaluated, so the due moment is computed anew. */
  finish(isComplete: boolean, handResult?: HandResult): Decision {
    const { input, now } = this;
    const flips = this.nextFlips();
    if (this.missing.size > 0) return { missing: [...this.missing] };
    const earlier = isComplete ? undefined : input.document.dueAt;
    const dueAt = Math.min(earlier ?? Number.POSITIVE_INFINITY, ...flips);
    const hasChanges = input.changes.length > 0;
    const isNew = input.document.version === 0;
    const decided: LeadDraft = {
      ...this.document,
      version: input.document.version + 1,
      catalogVersion: input.catalog.version,
      evaluatedAt: now,
      updatedAt: hasChanges ? now : input.document.updatedAt,
      events: this.liveEvents(),
    };
    if (Number.isFinite(dueAt)) decided.dueAt = dueAt;
    else if (decided.dueAt !== undefined) delete decided.dueAt;
    if (decided.isOverdue) delete decided.isOverdue;
    const isOtherwiseDue = decided.dueAt !== input.document.dueAt || this.document.isOverdue === true;
    const isDifferent = this.document !== this.start || isOtherwiseDue;
    const changed = isNew ? hasChanges : isDifferent || this.hasUnkeptEvents;
    return {
      outbox: {
        transitions: this.transitions,
        ...(this.changedRows.size > 0 && { changedRows: [...this.changedRows] }),
      },
      changed,
      ...(handResult && { handResult }),
      document: decided,
    };
  }
}

/** Whether an event matches a condition now, or may at some later moment. */
function mayCount({ matches, nextFlipAt }: CatalogCondition, { metadata = {} }: LeadEvent, now: number): boolean {
  return matches(metadata, now) || Number.isFinite(nextFlipAt(metadata, now));
}
