import type { NewestFirst, SeenEvent } from '../lead/event-order.ts';
import { isMember, type LeadDocument, leadFieldOf, own } from '../lead/lead-document.ts';
import { compileComparison } from '../rule/comparison.ts';
import {
  compileEventCondition,
  type EventCondition,
  eventsNeeded,
  eventWindowMs,
  timesOf,
} from '../rule/event-condition.ts';
import type { Levels } from '../rule/levels.ts';
import type { EventRule, GroupRule, LevelRule, Match, MetadataRule, Rule, SegmentRule } from '../rule/rule.ts';

/** One lead at one moment: all that a rule may look at. */
export interface Subject {
  readonly document: LeadDocument;
  /** Epoch ms. */
  readonly now: number;
  /** At least the newest `n` events that match the condition at `now` (fewer: these are all). */
  readonly events: (condition: EventCondition, n: number) => NewestFirst<SeenEvent>;
  /** Epoch ms after `now` at which an event starts or stops matching a condition that reads the clock. */
  readonly eventsFlipAt: (condition: EventCondition) => number;
  readonly isMemberOf: (segmentId: string) => boolean;
}

/** A rule, or rules together, ready to be asked about leads. */
export interface Evaluation {
  readonly holds: (subject: Subject) => boolean;
  /** Epoch ms, not later than the next moment after `now` at which `holds` changes by time alone, or infinity. */
  readonly nextFlipAt: (subject: Subject) => number;
}

/** What rules are compiled against. */
export interface RuleContext {
  readonly levels: Levels;
  /** Events older than this do not exist. */
  readonly eventRetentionDays: number;
}

const never = () => Number.POSITIVE_INFINITY;

/** Compiles a segment's rules. No rules hold for nobody. */
export function compileRules(match: Match, rules: readonly Rule[], context: RuleContext): Evaluation {
  if (rules.length === 0) return { holds: () => false, nextFlipAt: never };
  return combine(match, rules, context);
}

/** Compiles one rule. */
export function compileRule(rule: Rule, context: RuleContext): Evaluation {
  switch (rule.type) {
    case 'lead_metadata':
    case 'account_metadata':
      return compileMetadataRule(rule);
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return compileLevelRule(rule, context);
    case 'event_metadata':
      return compileEventRule(rule, context);
    case 'segment':
      return compileSegmentRule(rule);
    case 'group':
      return combine(rule.match, rule.rules, context);
  }
}

function combine(match: GroupRule['match'], rules: readonly Rule[], context: RuleContext): Evaluation {
  const parts = rules.map((rule) => compileRule(rule, context));
  const holds = {
    all: (subject: Subject) => parts.every((part) => part.holds(subject)),
    any: (subject: Subject) => parts.some((part) => part.holds(subject)),
    none: (subject: Subject) => !parts.some((part) => part.holds(subject)),
  }[match];
  const timed = parts.filter((part) => part.nextFlipAt !== never);
  if (timed.length === 0) return { holds, nextFlipAt: never };
  return { holds, nextFlipAt: (subject) => Math.min(...timed.map((part) => part.nextFlipAt(subject))) };
}

function compileMetadataRule(rule: MetadataRule): Evaluation {
  const comparison = compileComparison(rule, []);
  const { field } = rule;
  const read =
    rule.type === 'lead_metadata'
      ? ({ document }: Subject) => leadFieldOf(document, field)
      : ({ document }: Subject) => (document.account ? own(document.account.attributes, field) : undefined);
  return {
    holds: (subject) => comparison.holds(read(subject), subject.now),
    nextFlipAt: comparison.readsClock ? (subject) => comparison.nextFlipAt(read(subject), subject.now) : never,
  };
}

/** The level a level rule reads, as the document has it. */
export function levelOf(document: LeadDocument, type: LevelRule['type']): string | undefined {
  if (type === 'account_level') return document.account?.accountLevel;
  return (type === 'engagement_level' ? document.engagementLevel : document.profileLevel)?.[0] ?? undefined;
}

function compileLevelRule(rule: LevelRule, { levels }: RuleContext): Evaluation {
  const order = { engagement_level: levels.engagement, profile_level: levels.profile, account_level: levels.account };
  const comparison = compileComparison(rule, order[rule.type]);
  return {
    holds: ({ document, now }) => comparison.holds(levelOf(document, rule.type), now),
    nextFlipAt: never,
  };
}

function compileEventRule(rule: EventRule, { eventRetentionDays }: RuleContext): Evaluation {
  const condition = compileEventCondition(rule);
  const needed = eventsNeeded(rule);
  const { atLeast, atMost = Number.POSITIVE_INFINITY } = timesOf(rule);
  const windowMs = eventWindowMs(rule, eventRetentionDays);
  const count = (events: NewestFirst<SeenEvent>, now: number) => {
    const start = now - windowMs;
    let inWindow = 0;
    while (inWindow < events.length && events[inWindow]![0] >= start) inWindow++;
    return inWindow;
  };
  return {
    holds: (subject) => {
      const inWindow = count(subject.events(condition, needed), subject.now);
      return atLeast <= inWindow && inWindow <= atMost;
    },
    nextFlipAt: (subject) => {
      const events = subject.events(condition, needed);
      const inWindow = count(events, subject.now);
      const leavesAt = (nth: number) =>
        nth >= 1 && nth <= inWindow ? events[nth - 1]![0] + windowMs + 1 : Number.POSITIVE_INFINITY;
      return Math.min(leavesAt(atLeast), leavesAt(atMost + 1), subject.eventsFlipAt(condition));
    },
  };
}

function compileSegmentRule({ segmentId, operator }: SegmentRule): Evaluation {
  const wanted = operator === 'in';
  return { holds: (subject) => subject.isMemberOf(segmentId) === wanted, nextFlipAt: never };
}

/** A subject whose memberships are those the document has stored. */
export function storedMembershipOf(document: LeadDocument): Subject['isMemberOf'] {
  return (segmentId) => isMember(document, segmentId);
}
