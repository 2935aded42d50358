import type { SegmentEventType } from '../catalog/lifecycle-outbox.ts';
import type { SegmentContent } from '../catalog/segment.ts';
import {
  eventConditionsOf,
  eventsNeededByCondition,
  type KeptCondition,
  labelsOf,
  referredSegments,
  type Segment,
} from '../catalog/segment.ts';
import { type FieldError, invalid, jsonPointer, Problem, unknownSegment } from '../problem/problem.ts';
import { type Rule, walkRules } from '../rule/rule.ts';
import { fold } from '../rule/value.ts';
import type { Revision, SaveOrigin } from './revision.ts';
import { areSameRules, isSame } from './same-content.ts';

/** What a save is made against: everything it was checked with belongs to one catalog version. */
export interface SaveContext {
  readonly catalogVersion: number;
  readonly known: ReadonlyMap<string, Segment>;
  /** ISO date-time. */
  readonly now: string;
  /** Who saves. */
  readonly author: string;
  /** A new id with that prefix, never given out before. */
  readonly newId: (prefix: 'seg' | 'rul') => string;
}

/** A checked save, to be stored on condition that the catalog is still the one it was checked against. */
export interface SavePlan {
  readonly expectedCatalogVersion: number;
  readonly before?: Segment;
  /** Undefined: deleted. The same as `before`: nothing changes, so that there is nothing to store. */
  readonly after?: Segment;
  readonly events: readonly SegmentEventType[];
  /** Whether all leads are to be evaluated for it. */
  readonly recalculates: boolean;
  readonly origin?: SaveOrigin;
}

/**
 * Plans a new segment. `silent`: its recalculation publishes nothing. Throws 409 for a taken name, 422 and 409 for
 * references that cannot be.
 */
export function planCreate(content: SegmentContent, context: SaveContext, { silent = false } = {}): SavePlan {
  const savedInCatalog = context.catalogVersion + 1;
  const draft: Segment = {
    ...content,
    id: context.newId('seg'),
    rules: withIds(content.rules, context),
    revision: 1,
    savedInCatalog,
    savedAt: context.now,
    silent,
    conditions: [],
    createdAt: context.now,
    updatedAt: context.now,
    updatedBy: context.author,
  };
  const after = { ...draft, conditions: keptConditions(draft, undefined, context) };
  checkName(after, context);
  checkReferences(after, context);
  return {
    expectedCatalogVersion: context.catalogVersion,
    after,
    events: after.active ? ['Segment Created', 'Segment Activated'] : ['Segment Created'],
    recalculates: after.active,
  };
}

/**
 * Plans a change of a segment; what is given as it is already does not count as changed. `silent`: its recalculation
 * publishes nothing. Throws as `planCreate` does.
 */
export function planChange(
  before: Segment,
  given: Partial<SegmentContent>,
  context: SaveContext,
  { silent = false } = {},
): SavePlan {
  const change = changedIn(given, before);
  if (Object.keys(change).length === 0) {
    const { catalogVersion: expectedCatalogVersion } = context;
    return { expectedCatalogVersion, before, after: before, events: [], recalculates: false };
  }
  const content = { ...before, ...change };
  const rules = change.rules ? withIds(change.rules, context) : before.rules;
  const isActivation = content.active && !before.active;
  const isDeactivation = !content.active && before.active;
  const changesMembers = change.rules !== undefined || change.match !== undefined;
  const isSaveForLeads = changesMembers || isActivation || isDeactivation;
  const draft: Segment = {
    ...content,
    rules,
    revision: before.revision + 1,
    updatedAt: context.now,
    updatedBy: context.author,
    ...(isSaveForLeads && { savedInCatalog: context.catalogVersion + 1, savedAt: context.now, silent }),
  };
  const after = { ...draft, conditions: keptConditions(draft, before, context) };
  if (change.name !== undefined) checkName(after, context);
  if (isSaveForLeads) checkReferences(after, context);
  if (isDeactivation) checkReferrers(after, 'deactivated', context);
  const isOtherwiseChanged = Object.keys(change).some((key) => key !== 'active');
  return {
    expectedCatalogVersion: context.catalogVersion,
    before,
    after,
    events: [
      ...(isOtherwiseChanged ? (['Segment Changed'] as const) : []),
      ...(isActivation ? (['Segment Activated'] as const) : []),
      ...(isDeactivation ? (['Segment Deactivated'] as const) : []),
    ],
    recalculates: after.active && isSaveForLeads,
  };
}

/**
 * Plans the return of a segment to the name, description, labels, match and rules of an earlier revision; whether it is active
 * stays as it is. Only rules or a match that differ from the present ones count as a save for leads. Throws as
 * `planChange` does.
 */
export function planRestore(
  before: Segment,
  { revision, name, description, match, rules, ...labels }: Revision,
  context: SaveContext,
  options: { silent?: boolean } = {},
): SavePlan {
  const plan = planChange(before, { name, description, match, ...labelsOf(labels), rules }, context, options);
  return { ...plan, origin: { restored: revision } };
}

/** Plans the deletion of a segment. Throws 409, naming them, when active segments refer to it. */
export function planDelete(before: Segment, context: SaveContext): SavePlan {
  checkReferrers(before, 'deleted', context);
  return {
    expectedCatalogVersion: context.catalogVersion,
    before,
    events: ['Segment Deleted'],
    recalculates: false,
  };
}

/** What of a change is not so already. */
function changedIn({ rules, ...given }: Partial<SegmentContent>, before: Segment): Partial<SegmentContent> {
  const present: Partial<SegmentContent> = { ...before, ...labelsOf(before) };
  const changed = Object.entries(given).filter(([key, value]) => !isSame(value, present[key as keyof typeof given]));
  const changesRules = rules !== undefined && !areSameRules(rules, before.rules);
  return { ...Object.fromEntries(changed), ...(changesRules && { rules }) };
}

function withIds(rules: readonly Rule[], context: SaveContext): readonly Rule[] {
  return rules.map((rule) => {
    const { id = context.newId('rul'), ...rest } = rule;
    const identified = { id, ...rest } as Rule;
    return identified.type === 'group' ? { ...identified, rules: withIds(identified.rules, context) } : identified;
  });
}

/**
 * The ids under which lead documents keep state for the segment's event conditions: the one another active segment has,
 * or this one had while active; else a new one, since state under an old one was not kept up meanwhile.
 */
function keptConditions(after: Segment, before: Segment | undefined, context: SaveContext): KeptCondition[] {
  if (!after.active) return [];
  const kept = new Map<string, KeptCondition>();
  for (const segment of context.known.values()) {
    if (!segment.active) continue;
    const isOwn = segment.id === before?.id;
    for (const [index, key] of [...eventConditionsOf(segment.rules).keys()].entries()) {
      const condition = segment.conditions[index];
      // Another's id is shared, its fill is not: that segment may be deleted before this one is filled.
      if (condition && (isOwn || !kept.has(key))) kept.set(key, isOwn ? condition : { ...condition, backfilledN: 0 });
    }
  }
  const needed = eventsNeededByCondition(after.rules);
  return [...eventConditionsOf(after.rules).keys()].map((key, index) => {
    const { id, backfilledN } = kept.get(key) ?? { id: `${context.catalogVersion + 1}.${index}`, backfilledN: 0 };
    // What is needed no more is trimmed from lead documents, so it does not count as filled.
    return { id, backfilledN: Math.min(backfilledN, needed.get(key) ?? 0) };
  });
}

/** 409 for one reason. */
function refused(code: 'name_taken' | 'referred_segment_inactive' | 'segment_referred_to', error: FieldError): Problem {
  return new Problem(409, code, error.message, [error]);
}

function checkName(after: Segment, { known }: SaveContext): void {
  const folded = fold(after.name);
  for (const other of known.values()) {
    if (other.id !== after.id && fold(other.name) === folded) {
      const message = `The name "${other.name}" is taken by segment ${other.id}`;
      throw refused('name_taken', { path: '/name', code: 'name_taken', message, segmentIds: [other.id] });
    }
  }
}

function checkReferences(after: Segment, { known }: SaveContext): void {
  for (const { rule, path } of walkRules(after.rules, ['rules'])) {
    if (rule.type !== 'segment') continue;
    const here = jsonPointer([...path, 'segmentId']);
    if (rule.segmentId === after.id) {
      const message = `segment ${after.id} cannot refer to itself`;
      throw invalid([{ path: here, code: 'self_reference', message, segmentIds: [after.id] }]);
    }
    const referred = known.get(rule.segmentId);
    if (!referred) throw invalid([unknownSegment(here, rule.segmentId)]);
    const cycle = pathTo(after.id, referred, known);
    if (cycle) {
      const names = [after.name, ...cycle.map(({ name }) => name), after.name].join(' > ');
      const segmentIds = [after.id, ...cycle.map(({ id }) => id)];
      throw invalid([{ path: here, code: 'cycle', message: `makes a cycle: ${names}`, segmentIds }]);
    }
    if (after.active && !referred.active) {
      const message = `Segment ${after.id} cannot be active: it refers to "${referred.name}" (${referred.id}), which is not`;
      const error = { path: here, code: 'segment_inactive' as const, message, segmentIds: [referred.id] };
      throw refused('referred_segment_inactive', error);
    }
  }
}

/** The segments on a way of references from one to the target; undefined when there is none. */
function pathTo(
  targetId: string,
  from: Segment,
  known: SaveContext['known'],
  seen = new Set<string>(),
): Segment[] | undefined {
  if (seen.has(from.id)) return undefined;
  seen.add(from.id);
  for (const id of referredSegments(from.rules)) {
    if (id === targetId) return [from];
    const next = known.get(id);
    const rest = next && pathTo(targetId, next, known, seen);
    if (rest) return [from, ...rest];
  }
  return undefined;
}

function checkReferrers(segment: Segment, become: 'deleted' | 'deactivated', { known }: SaveContext): void {
  const referrers = [...known.values()].filter(
    (other) => other.active && other.id !== segment.id && referredSegments(other.rules).has(segment.id),
  );
  if (referrers.length === 0) return;
  const names = referrers.map(({ id, name }) => `"${name}" (${id})`).join(', ');
  throw refused('segment_referred_to', {
    path: become === 'deleted' ? '' : '/active',
    code: 'segment_referred_to',
    message: `Segment ${segment.id} cannot be ${become}: ${names} refer to it`,
    segmentIds: referrers.map(({ id }) => id),
  });
}
