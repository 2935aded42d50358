import { type Comparison, compileComparison } from './comparison.ts';
import type { EventRule } from './rule.ts';
import { dayMs } from './value.ts';

/** What one event must be, without how often and how recently: the unit that event state is kept for. */
export interface EventCondition {
  readonly eventType: string;
  /** Equal for rules that ask the same of an event. */
  readonly key: string;
  /** Whether the answer for one event changes as time passes; such a condition is answered from the raw events. */
  readonly readsClock: boolean;
  readonly matches: (metadata: Readonly<Record<string, unknown>>, now: number) => boolean;
  /** Epoch ms after `now` at which the answer for that event next changes by time alone, or infinity. */
  readonly nextFlipAt: (metadata: Readonly<Record<string, unknown>>, now: number) => number;
}

/** The comparisons an event rule makes on each event of its type. */
function comparisonsOf(rule: EventRule): readonly { field: string; comparison: Comparison }[] {
  const { field, operator, value, and = [] } = rule;
  const own = field === undefined ? [] : [{ field, operator, value }];
  return [...own, ...and].map((part) => ({ field: part.field, comparison: compileComparison(part, []) }));
}

/** The condition of an event rule. */
export function compileEventCondition(rule: EventRule): EventCondition {
  const parts = comparisonsOf(rule);
  return {
    eventType: rule.eventType,
    key: eventConditionKey(rule),
    readsClock: parts.some(({ comparison }) => comparison.readsClock),
    matches: (metadata, now) =>
      parts.every(({ field, comparison }) => comparison.holds(ownField(metadata, field), now)),
    nextFlipAt: (metadata, now) =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...parts.map(({ field, comparison }) => comparison.nextFlipAt(ownField(metadata, field), now)),
      ),
  };
}

/** The key of an event rule's condition: the same text for the same type, fields, operators and values. */
export function eventConditionKey(rule: EventRule): string {
  const { eventType, field, operator, value, and = [] } = rule;
  const own = field === undefined ? [] : [{ field, operator, value }];
  const parts = [...own, ...and].map((part) => JSON.stringify([part.field, part.operator, part.value ?? null]));
  return JSON.stringify([eventType, ...parts.sort()]);
}

/** How many of the newest matching events decide the rule. */
export function eventsNeeded(rule: EventRule): number {
  const { atLeast, atMost } = timesOf(rule);
  return Math.max(atLeast, atMost === undefined ? 0 : atMost + 1);
}

/** The counts between which an event rule holds. */
export function timesOf(rule: EventRule): { atLeast: number; atMost?: number } {
  if (rule.field === undefined && rule.operator === 'not_exists') return { atLeast: 0, atMost: 0 };
  if (!rule.times) return { atLeast: 1 };
  const { atLeast = 0, atMost } = rule.times;
  return atMost === undefined ? { atLeast } : { atLeast, atMost };
}

/** For how long (ms) an event counts for the rule: its window, and never longer than events are retained. */
export function eventWindowMs(rule: EventRule, retentionDays: number): number {
  return Math.min(rule.withinDays ?? Number.POSITIVE_INFINITY, retentionDays) * dayMs;
}

function ownField(metadata: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(metadata, field) ? metadata[field] : undefined;
}
