import { eventConditionKey, eventsNeeded } from '../rule/event-condition.ts';
import { type EventRule, type LeafRule, leafRules, type Match, type Rule } from '../rule/rule.ts';

/** The longest name (code points) a segment may have. */
export const maximumNameLength = 200;

/** How one event condition of a segment is kept in lead documents. */
export interface KeptCondition {
  /** Names the state in lead documents; never used again once no active segment has the condition. */
  readonly id: string;
  /** The newest events every lead's state was filled with from the raw events; 0: not filled yet. */
  readonly backfilledN: number;
}

/** What people and other systems note about a segment; no lead is ever evaluated by it. */
export interface SegmentLabels {
  /** Left out: none. */
  readonly tags?: readonly string[] | undefined;
  /** Left out: none. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The labels of a segment, none left out. */
export function labelsOf({ tags = [], metadata = {} }: SegmentLabels) {
  return { tags, metadata };
}

/** What a client may set. */
export interface SegmentContent extends SegmentLabels {
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly match: Match;
  readonly rules: readonly Rule[];
}

/** A named group of leads: its definition as stored. */
export interface Segment extends SegmentLabels {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly match: Match;
  readonly rules: readonly Rule[];
  /** Grows by one with each write. */
  readonly revision: number;
  /** The catalog version of the last save that changes who matches: rules, match, active, levels. */
  readonly savedInCatalog: number;
  /** ISO date-time of that save. */
  readonly savedAt: string;
  /** Whether that save was silent: its own entries and exits are stored but not published. */
  readonly silent: boolean;
  /** In the order of `eventConditionsOf(rules)`. */
  readonly conditions: readonly KeptCondition[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Who made that last write; left out where it was made before authors were noted. */
  readonly updatedBy?: string;
}

/** The distinct event conditions of rules, each as the first rule that has it, in a fixed order. */
export function eventConditionsOf(rules: readonly Rule[]): ReadonlyMap<string, EventRule> {
  const conditions = new Map<string, EventRule>();
  for (const rule of leafRules(rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    if (!conditions.has(key)) conditions.set(key, rule);
  }
  return conditions;
}

/** The newest events that rules need of each of their event conditions, by condition key. */
export function eventsNeededByCondition(rules: readonly Rule[]): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  for (const rule of leafRules(rules)) {
    if (rule.type !== 'event_metadata') continue;
    const key = eventConditionKey(rule);
    needed.set(key, Math.max(needed.get(key) ?? 1, eventsNeeded(rule)));
  }
  return needed;
}

/** Shared by the many segments that refer to no other. */
const none: ReadonlySet<string> = new Set();

/** The segments that rules refer to. */
export function referredSegments(rules: readonly Rule[]): ReadonlySet<string> {
  return segmentsReferredBy(leafRules(rules));
}

/** The segments that leaf rules refer to. */
export function segmentsReferredBy(leaves: readonly LeafRule[]): ReadonlySet<string> {
  let segmentIds: Set<string> | undefined;
  for (const rule of leaves) {
    if (rule.type === 'segment') segmentIds = (segmentIds ?? new Set()).add(rule.segmentId);
  }
  return segmentIds ?? none;
}

/** How good a target a segment of that size is. `share` is 0 to 1. */
export type SizeAdvice = 'none' | 'too_broad' | 'too_narrow' | 'tight' | 'healthy' | 'broad';

/** Advice on the size of a segment with `total` of `leads` leads. */
export function sizeAdvice(total: number, leads: number): SizeAdvice {
  const share = shareOf(total, leads);
  if (total === 0) return 'none';
  if (share > 0.5) return 'too_broad';
  if (total <= 3 || share < 0.01) return 'too_narrow';
  if (share < 0.05) return 'tight';
  return share <= 0.2 ? 'healthy' : 'broad';
}

/** The part of all leads that `total` is, 0 to 1. */
export function shareOf(total: number, leads: number): number {
  return leads > 0 ? Math.min(1, total / leads) : 0;
}
