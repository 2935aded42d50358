import type { Slot } from '../lead/slot.ts';
import { changeMatcher, type MatchedRules } from '../matcher/change-matcher.ts';
import { compileRules, type Evaluation, type RuleContext, type Subject } from '../matcher/evaluation.ts';
import { emptyMatcher, type Matcher } from '../matcher/matcher.ts';
import { compileEventCondition, type EventCondition, eventConditionKey } from '../rule/event-condition.ts';
import type { Levels } from '../rule/levels.ts';
import { type LevelKind, levelKindOf } from '../rule/levels.ts';
import { type LevelOrder, operatorNamed } from '../rule/operator.ts';
import { type LeafRule, leafRules } from '../rule/rule.ts';
import { eventConditionsOf, eventsNeededByCondition, referredSegments, type Segment } from './segment.ts';

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
export class CompiledSegment {
  readonly segment: Segment;
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
    const leaves = leafRules(segment.rules);
    this.readsClock = leaves.some(readsClock);
    this.refersTo = referredSegments(segment.rules);
    let levels: CatalogSave | undefined;
    for (const rule of leaves) levels = laterOf(levels, levelSaveOf(rule, context));
    this.levelsSavedInCatalog = levels?.savedInCatalog ?? 0;
    this.lastSave = laterOf(segment, levels) ?? segment;
  }

  /** What its rules read of a lead. */
  get reads(): readonly Slot[] {
    return [...new Set(leafRules(this.segment.rules).flatMap((rule) => this.slotOf(rule) ?? []))];
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

  /** The rules as the matcher indexes them. */
  asMatched(): MatchedRules {
    const { id: segmentId, match, rules } = this.segment;
    return {
      segmentId,
      match,
      rules,
      slotOf: (rule) => this.slotOf(rule),
      levelsOf: (rule) => levelsFor(rule, this.context.levels),
    };
  }

  /** Whether any of its rules reads levels of one of these kinds. */
  readsLevels(kinds: ReadonlySet<LevelKind>): boolean {
    return leafRules(this.segment.rules).some((rule) => kinds.has(levelKindOf(rule)!));
  }

  private compiled(): Evaluation {
    this.evaluation ??= compileRules(this.segment.match, this.segment.rules, this.context);
    return this.evaluation;
  }

  private slotOf(rule: LeafRule): Slot | undefined {
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

/** Compiles segments into a catalog. */
export function compileCatalog(version: number, segments: Iterable<Segment>, context: CatalogContext): Catalog {
  const nothing = { known: new Map(), active: new Map(), matcher: emptyMatcher };
  return assemble(version, context, nothing, [...segments], []);
}

/** The catalog after a change, at the cost of just what was changed: of levels, the segments that read them. */
export function changeCatalog(catalog: Catalog, version: number, { saved, deleted, levels }: CatalogChange): Catalog {
  const context = { ...catalog.context, ...levels };
  const changedKinds = kindsThatDiffer(catalog.context, context);
  if (changedKinds.size === 0) return assemble(version, context, catalog, saved, deleted);
  const replaced = new Set([...deleted, ...saved.map(({ id }) => id)]);
  const readers = [...catalog.active.values()].filter((compiled) => compiled.readsLevels(changedKinds));
  const others = readers.map(({ segment }) => segment).filter(({ id }) => !replaced.has(id));
  return assemble(version, context, catalog, [...saved, ...others], deleted);
}

function assemble(
  version: number,
  context: CatalogContext,
  before: Pick<Catalog, 'known' | 'active' | 'matcher'>,
  saved: readonly Segment[],
  deleted: readonly string[],
): Catalog {
  const known = new Map(before.known);
  const active = new Map(before.active);
  for (const id of [...deleted, ...saved.map((segment) => segment.id)]) {
    known.delete(id);
    active.delete(id);
  }
  for (const segment of saved) known.set(segment.id, segment);
  const compiled = saved.filter((segment) => segment.active).map((segment) => new CompiledSegment(segment, context));
  for (const segment of compiled) active.set(segment.segment.id, segment);
  const removed = [...deleted, ...saved.map(({ id }) => id)];
  const matcher = changeMatcher(
    before.matcher,
    removed,
    compiled.map((segment) => segment.asMatched()),
  );
  const all = [...active.values()];
  const conditions = joinConditions(all);
  const referring = all.filter(({ refersTo }) => refersTo.size > 0);
  return {
    version,
    context,
    known,
    active,
    matcher,
    clockReaders: all.filter((segment) => segment.readsClock),
    referrers: groupBy(referring, ({ refersTo }) => refersTo),
    depths: depthsOf(referring, active),
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

function levelsFor(rule: LeafRule, levels: Levels): LevelOrder {
  const kind = levelKindOf(rule);
  return kind ? levels[kind] : [];
}

/** The last change of the levels whose order the rule compares by; undefined for rules that go by no order. */
function levelSaveOf(rule: LeafRule, { levelSaves }: CatalogContext): CatalogSave | undefined {
  const kind = levelKindOf(rule);
  if (!levelSaves || !kind || operatorNamed(rule.operator).operand !== 'level') return undefined;
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
