import type { Slot } from '../lead/slot.ts';
import { changeMatcher, type MatchedRules } from '../matcher/change-matcher.ts';
import { compileRules, type Evaluation, type RuleContext, type Subject } from '../matcher/evaluation.ts';
import { emptyMatcher, type Matcher } from '../matcher/matcher.ts';
import { restoreMatcher, type StoredMatcher, storedMatcher } from '../matcher/stored-matcher.ts';
import { compileEventCondition, type EventCondition, eventConditionKey } from '../rule/event-condition.ts';
import { type LevelKind, levelKindOf } from '../rule/levels.ts';
import { operatorNamed } from '../rule/operator.ts';
import { type LeafRule, leafRules, type Match, type Rule } from '../rule/rule.ts';
import { eventConditionsOf, eventsNeededByCondition, type Segment, segmentsReferredBy } from './segment.ts';

/** A save that changes who matches. */
export interface CatalogSave {
  /** The catalog version it made. */
  readonly savedInCatalog: number;
  /** ISO date-time. */
  readonly savedAt: string;
}

/** What a catalog is compiled against: rules' context, and when levels were last changed. Left out: never. */
export interface CatalogContext extends RuleContext {
  readonly levelSaves?: Partial<Readonly<Record<LevelKind, CatalogSave>>>;
}

/** All levels, each kind with the save that set it. */
export type CatalogLevels = Pick<CatalogContext, 'levels' | 'levelSaves'>;

/** What differs between two versions of the catalog. */
export interface CatalogChange {
  readonly saved: readonly Segment[];
  /** Ids of segments. */
  readonly deleted: readonly string[];
  /** As they are now; left out: as they were. */
  readonly levels?: CatalogLevels | undefined;
}

/** An event condition that lead documents keep state for. */
export interface CatalogCondition extends EventCondition {
  readonly id: string;
  /** The newest events that some rule needs. */
  readonly n: number;
  /** The newest events every lead's state was filled with; above 0, a lead without state has no matching event. */
  readonly backfilledN: number;
}

/** Shared by the many segments without event rules. */
const noConditions: readonly CatalogCondition[] = [];

/** An active segment, ready to be asked about leads. Its rules are compiled when it is first asked. */
export class CompiledSegment implements MatchedRules {
  readonly segment: Segment;
  readonly leaves: readonly LeafRule[];
  readonly readsClock: boolean;
  readonly refersTo: ReadonlySet<string>;
  /** The event conditions of its rules, each with the newest events that they need. */
  readonly conditions: readonly CatalogCondition[];
  /** The last save that changes who matches: its own, or that of the order of levels that its rules compare by. */
  readonly lastSave: CatalogSave;
  private readonly levelsSavedInCatalog: number;
  private readonly context: CatalogContext;
  private evaluation: Evaluation | undefined;

  constructor(segment: Segment, context: CatalogContext) {
    this.segment = segment;
    this.context = context;
    this.conditions = segment.conditions.length > 0 ? conditionsOf(segment) : noConditions;
    this.leaves = leafRules(segment.rules);
    this.readsClock = this.leaves.some(readsClock);
    this.refersTo = segmentsReferredBy(this.leaves);
    let levels: CatalogSave | undefined;
    for (const rule of this.leaves) levels = laterOf(levels, levelSaveOf(rule, context));
    this.levelsSavedInCatalog = levels?.savedInCatalog ?? 0;
    this.lastSave = laterOf(segment, levels) ?? segment;
  }

  get segmentId(): string {
    return this.segment.id;
  }

  get match(): Match {
    return this.segment.match;
  }

  get rules(): readonly Rule[] {
    return this.segment.rules;
  }

  /** What its rules read of a lead. */
  get reads(): readonly Slot[] {
    return [...new Set(this.leaves.flatMap((rule) => this.slotOf(rule) ?? []))];
  }

  /** Whether all that was saved since a catalog version is silent. A change of levels never is. */
  isSilentSince(catalogVersion: number): boolean {
    const { silent, savedInCatalog } = this.segment;
    return silent && savedInCatalog > catalogVersion && this.levelsSavedInCatalog <= catalogVersion;
  }

  /** Whether the rules hold for the subject. */
  holds(subject: Subject): boolean {
    return this.compiled().holds(subject);
  }

  /** As `Evaluation.nextFlipAt`. */
  nextFlipAt(subject: Subject): number {
    return this.compiled().nextFlipAt(subject);
  }

  /** Whether any of its rules reads levels of one of these kinds. */
  readsLevels(kinds: ReadonlySet<LevelKind>): boolean {
    return kinds.size > 0 && this.leaves.some((rule) => kinds.has(levelKindOf(rule)!));
  }

  /** As `MatchedRules.slotOf`. */
  slotOf(rule: LeafRule): Slot | undefined {
    switch (rule.type) {
      case 'lead_metadata':
        return `lead:${rule.field}`;
      case 'account_metadata':
        return `account:${rule.field}`;
      case 'event_metadata': {
        const key = eventConditionKey(rule);
        return `event:${this.conditions.find((condition) => condition.key === key)?.id}`;
      }
      case 'segment':
        return undefined;
      default:
        return rule.type;
    }
  }

  private compiled(): Evaluation {
    this.evaluation ??= compileRules(this.segment.match, this.segment.rules, this.context);
    return this.evaluation;
  }
}

/** All segments at one catalog version, compiled. Active ones are evaluated; the others are only known. */
export interface Catalog {
  readonly version: number;
  readonly context: CatalogContext;
  readonly known: ReadonlyMap<string, Segment>;
  readonly active: ReadonlyMap<string, CompiledSegment>;
  readonly matcher: Matcher;
  readonly clockReaders: readonly CompiledSegment[];
  /** Active segments whose rules refer to the segment. */
  readonly referrers: ReadonlyMap<string, readonly CompiledSegment[]>;
  /** How many references deep a segment's rules go; left out: none. A segment is decided after those it refers to. */
  readonly depths: ReadonlyMap<string, number>;
  /** By condition key. */
  readonly conditions: ReadonlyMap<string, CatalogCondition>;
  readonly conditionIds: ReadonlySet<string>;
  readonly conditionsOfType: ReadonlyMap<string, readonly CatalogCondition[]>;
}

/** The active ones among segments that are named by their ids. */
export function segmentsNamed({ active }: Catalog, segmentIds: Iterable<string>): CompiledSegment[] {
  return [...segmentIds].flatMap((segmentId) => active.get(segmentId) ?? []);
}

/** Compiles segments into a catalog. `stored`: the matcher of just these segments and levels, else it is made. */
export function compileCatalog(
  version: number,
  segments: readonly Segment[],
  context: CatalogContext,
  stored?: StoredMatcher,
): Catalog {
  const compiled = compileActive(segments, context);
  const known = new Map<string, Segment>();
  for (const segment of segments) known.set(segment.id, segment);
  const active = new Map<string, CompiledSegment>();
  for (const one of compiled) active.set(one.segmentId, one);
  const matcher = stored
    ? restoreMatcher(stored, compiled, context.levels)
    : changeMatcher(emptyMatcher, [], compiled, context.levels);
  return assemble({ version, context, known, active, matcher });
}

/** What takes the longest to compile in a catalog of these segments, to be stored. */
export function compileStoredMatcher(segments: readonly Segment[], { levels }: CatalogLevels): StoredMatcher {
  // For how long events are kept, no matcher knows.
  return storedMatcher(compileActive(segments, { levels, eventRetentionDays: 0 }), levels);
}

/** The catalog after a change, at the cost of just what was changed: of levels, the segments that read them. */
export function changeCatalog(catalog: Catalog, version: number, { saved, deleted, levels }: CatalogChange): Catalog {
  const context = { ...catalog.context, ...levels };
  const known = new Map(catalog.known);
  for (const id of deleted) known.delete(id);
  for (const segment of saved) known.set(segment.id, segment);
  const changed = new Set([...deleted, ...saved.map(({ id }) => id)]);
  const kinds = kindsThatDiffer(catalog.context, context);
  for (const compiled of catalog.active.values()) if (compiled.readsLevels(kinds)) changed.add(compiled.segmentId);
  const added = compileActive(
    [...changed].flatMap((id) => known.get(id) ?? []),
    context,
  );
  const active = new Map(catalog.active);
  for (const id of changed) active.delete(id);
  for (const compiled of added) active.set(compiled.segmentId, compiled);
  const matcher = changeMatcher(catalog.matcher, segmentsNamed(catalog, changed), added, context.levels);
  return assemble({ version, context, known, active, matcher });
}

function compileActive(segments: readonly Segment[], context: CatalogContext): CompiledSegment[] {
  return segments.filter(({ active }) => active).map((segment) => new CompiledSegment(segment, context));
}

type CatalogParts = Pick<Catalog, 'version' | 'context' | 'known' | 'active' | 'matcher'>;

function assemble(parts: CatalogParts): Catalog {
  const all = [...parts.active.values()];
  const conditions = joinConditions(all.filter((segment) => segment.conditions.length > 0));
  const referring = all.filter(({ refersTo }) => refersTo.size > 0);
  return {
    ...parts,
    clockReaders: all.filter((segment) => segment.readsClock),
    referrers: groupBy(referring, ({ refersTo }) => refersTo),
    depths: depthsOf(referring, parts.active),
    conditions,
    conditionIds: new Set([...conditions.values()].map(({ id }) => id)),
    conditionsOfType: groupBy([...conditions.values()], ({ eventType }) => [eventType]),
  };
}

function conditionsOf({ rules, conditions: kept }: Segment): CatalogCondition[] {
  const needed = eventsNeededByCondition(rules);
  return [...eventConditionsOf(rules)].map(([key, rule], index) => {
    const { id, backfilledN } = kept[index] ?? { id: '', backfilledN: 0 };
    return { ...compileEventCondition(rule), id, n: needed.get(key) ?? 1, backfilledN };
  });
}

/** Each condition once, with the most that any segment needs and the most that was filled for any. */
function joinConditions(segments: readonly CompiledSegment[]): Map<string, CatalogCondition> {
  const joined = new Map<string, CatalogCondition>();
  for (const { conditions } of segments) {
    for (const condition of conditions) {
      const { n = 0, backfilledN = 0 } = joined.get(condition.key) ?? {};
      const isMore = condition.n > n || condition.backfilledN > backfilledN;
      if (!isMore) continue;
      const most = { n: Math.max(n, condition.n), backfilledN: Math.max(backfilledN, condition.backfilledN) };
      joined.set(condition.key, { ...condition, ...most });
    }
  }
  return joined;
}

/** The kinds of levels that were set between two contexts. */
function kindsThatDiffer(before: CatalogContext, after: CatalogContext): Set<LevelKind> {
  const kinds = Object.keys(after.levels) as LevelKind[];
  return new Set(kinds.filter((kind) => setIn(before, kind) !== setIn(after, kind)));
}

/** The catalog version in which the levels of a kind were set; 0: never. */
function setIn({ levelSaves }: CatalogContext, kind: LevelKind): number {
  return levelSaves?.[kind]?.savedInCatalog ?? 0;
}

/** The last change of the levels whose order the rule compares by; undefined for rules that go by no order. */
function levelSaveOf(rule: LeafRule, { levelSaves }: CatalogContext): CatalogSave | undefined {
  const kind = levelSaves && levelKindOf(rule);
  if (!kind || operatorNamed(rule.operator).operand !== 'level') return undefined;
  return levelSaves[kind];
}

function laterOf(one: CatalogSave | undefined, other: CatalogSave | undefined): CatalogSave | undefined {
  return other && (!one || one.savedInCatalog < other.savedInCatalog) ? other : one;
}

/** Whether the rule's answer can change by time alone. Events always can: they leave their window, or the retention. */
function readsClock(rule: LeafRule): boolean {
  return rule.type === 'event_metadata' || operatorNamed(rule.operator).readsClock;
}

/** Saving refuses cycles of references; one that slipped in is cut, not followed. */
function depthsOf(referring: readonly CompiledSegment[], active: Catalog['active']): Map<string, number> {
  const depths = new Map<string, number>();
  const onPath = new Set<string>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    const segment = active.get(id);
    if (known !== undefined || !segment || segment.refersTo.size === 0 || onPath.has(id)) return known ?? 0;
    onPath.add(id);
    const depth = 1 + Math.max(...[...segment.refersTo].map(depthOf));
    onPath.delete(id);
    depths.set(id, depth);
    return depth;
  };
  for (const { segment } of referring) depthOf(segment.id);
  return depths;
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
