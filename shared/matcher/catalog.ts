import type { Slot } from '../lead/merge-changes.ts';
import { compileRules, type Evaluation, type RuleContext } from '../rule/evaluation.ts';
import {
  compileEventCondition,
  type EventCondition,
  eventConditionKey,
  eventsNeeded,
} from '../rule/event-condition.ts';
import { operatorNamed } from '../rule/operator.ts';
import { leafRules, type Rule } from '../rule/rule.ts';
import { eventConditionsOf, referredSegments, type Segment } from '../segment/segment.ts';

/** Level names from lowest to highest. */
export type Levels = RuleContext['levels'];

/** An active segment, ready to be asked about leads. */
export interface CompiledSegment extends Evaluation {
  readonly segment: Segment;
  /** Position in dependency order: greater than that of every segment it refers to. */
  readonly rank: number;
  readonly reads: ReadonlySet<Slot>;
  readonly readsClock: boolean;
}

/** An event condition that lead documents keep state for. */
export interface CatalogCondition extends EventCondition {
  readonly id: string;
  /** The newest events that some rule needs. */
  readonly n: number;
  /** The newest events every lead's state was filled with; above 0, a lead without state has no matching event. */
  readonly backfilledN: number;
}

/** All segments at one catalog version, compiled. Active ones are evaluated; the others are only known. */
export interface Catalog {
  readonly version: number;
  readonly context: RuleContext;
  readonly known: ReadonlyMap<string, Segment>;
  /** Active segments in dependency order. */
  readonly order: readonly CompiledSegment[];
  readonly active: ReadonlyMap<string, CompiledSegment>;
  readonly readers: ReadonlyMap<Slot, readonly CompiledSegment[]>;
  readonly clockReaders: readonly CompiledSegment[];
  /** Active segments whose rules refer to the segment. */
  readonly referrers: ReadonlyMap<string, readonly CompiledSegment[]>;
  /** By condition key. */
  readonly conditions: ReadonlyMap<string, CatalogCondition>;
  readonly conditionsOfType: ReadonlyMap<string, readonly CatalogCondition[]>;
}

/** Compiles segments into a catalog. */
export function compileCatalog(version: number, segments: Iterable<Segment>, context: RuleContext): Catalog {
  const known = new Map([...segments].map((segment) => [segment.id, segment]));
  const activeSegments = [...known.values()].filter((segment) => segment.active);
  const conditions = compileConditions(activeSegments);
  const order = dependencyOrder(activeSegments).map((segment, rank) =>
    compileSegment(segment, rank, conditions, context),
  );
  return {
    version,
    context,
    known,
    order,
    active: new Map(order.map((compiled) => [compiled.segment.id, compiled])),
    readers: groupBy(order, (compiled) => compiled.reads),
    clockReaders: order.filter((compiled) => compiled.readsClock),
    referrers: groupBy(order, (compiled) => referredSegments(compiled.segment.rules)),
    conditions,
    conditionsOfType: groupBy([...conditions.values()], (condition) => [condition.eventType]),
  };
}

function compileSegment(
  segment: Segment,
  rank: number,
  conditions: Catalog['conditions'],
  context: RuleContext,
): CompiledSegment {
  const { match, rules } = segment;
  return {
    segment,
    rank,
    reads: new Set(leafRules(rules).flatMap((rule) => slotsOf(rule, conditions))),
    readsClock: leafRules(rules).some(readsClock),
    ...compileRules(match, rules, context),
  };
}

function compileConditions(segments: readonly Segment[]): Map<string, CatalogCondition> {
  const conditions = new Map<string, CatalogCondition>();
  for (const { rules, conditions: kept } of segments) {
    for (const [index, [key, rule]] of [...eventConditionsOf(rules)].entries()) {
      const { id, backfilledN } = kept[index] ?? { id: '', backfilledN: 0 };
      const known = conditions.get(key) ?? { ...compileEventCondition(rule), id, n: 1, backfilledN };
      conditions.set(key, { ...known, backfilledN: Math.max(known.backfilledN, backfilledN) });
    }
    for (const rule of leafRules(rules)) {
      if (rule.type !== 'event_metadata') continue;
      const condition = conditions.get(eventConditionKey(rule));
      if (condition && condition.n < eventsNeeded(rule)) {
        conditions.set(condition.key, { ...condition, n: eventsNeeded(rule) });
      }
    }
  }
  return conditions;
}

function slotsOf(rule: Rule, conditions: Catalog['conditions']): Slot[] {
  switch (rule.type) {
    case 'lead_metadata':
      return [`lead:${rule.field}`];
    case 'account_metadata':
      return [`account:${rule.field}`];
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return [rule.type];
    case 'event_metadata':
      return [`event:${conditions.get(eventConditionKey(rule))?.id}`];
    case 'segment':
    case 'group':
      return [];
  }
}

/** Whether the rule's answer can change by time alone. Events always can: they leave their window, or the retention. */
function readsClock(rule: Rule): boolean {
  if (rule.type === 'event_metadata') return true;
  return rule.type !== 'segment' && rule.type !== 'group' && operatorNamed(rule.operator).readsClock;
}

/** Segments so that each comes after those it refers to. Saving refuses cycles; one that slipped in is cut, not followed. */
function dependencyOrder(segments: readonly Segment[]): Segment[] {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const ordered = new Set<Segment>();
  const onPath = new Set<Segment>();
  const visit = (segment: Segment) => {
    if (ordered.has(segment) || onPath.has(segment)) return;
    onPath.add(segment);
    for (const id of referredSegments(segment.rules)) {
      const referred = byId.get(id);
      if (referred) visit(referred);
    }
    onPath.delete(segment);
    ordered.add(segment);
  };
  for (const segment of segments) visit(segment);
  return [...ordered];
}

function groupBy<Key, Entry>(entries: readonly Entry[], keysOf: (entry: Entry) => Iterable<Key>): Map<Key, Entry[]> {
  const groups = new Map<Key, Entry[]>();
  for (const entry of entries) {
    for (const key of keysOf(entry)) {
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
  }
  return groups;
}
