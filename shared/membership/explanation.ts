import type { Catalog } from '../catalog/catalog.ts';
import type { Segment } from '../catalog/segment.ts';
import {
  type Cause,
  isMember,
  type LeadDocument,
  leadFieldOf,
  type MembershipSource,
  own,
} from '../lead/lead-document.ts';
import type { ManualChange, StandingKind } from '../lead/manual-change.ts';
import { unlessEmpty } from '../lead/present-attributes.ts';
import { compileRule, compileRules, levelOf, type Subject } from '../matcher/evaluation.ts';
import { describeRule, describeRules, type SegmentNames } from '../rule/describe.ts';
import { compileEventCondition, eventsNeeded, eventWindowMs } from '../rule/event-condition.ts';
import type { EventRule, Rule } from '../rule/rule.ts';
import { manualChangeInForce } from './manual-changes.ts';
import { type EventsByCondition, storedSubject } from './stored-subject.ts';

/** What an event rule looked at. */
export interface EventsRead {
  /** Matching events inside the window. */
  readonly count: number;
  /** Whether there may be more than `count`: no more were needed to decide. */
  readonly orMore: boolean;
  /** ISO date-time: older events do not count. */
  readonly from: string;
  /** The newest of those counted, newest first; `occurredAt` is an ISO date-time. */
  readonly newest: readonly { readonly eventId: string; readonly occurredAt: string }[];
}

/** One rule about one lead: what it asks, what it read and whether it holds. */
interface RuleExplanation {
  readonly ruleId?: string;
  readonly type: Rule['type'];
  readonly sentence: string;
  readonly holds: boolean;
  /** What the rule reads of the lead: an attribute, a level, events, or whether it is in a segment. Absent: empty. */
  readonly value?: unknown;
  /** Of a group. */
  readonly match?: 'all' | 'any' | 'none';
  readonly rules?: readonly RuleExplanation[];
}

/** Why a lead is, or is not, in a segment. */
interface Explanation {
  readonly leadId: string;
  readonly segmentId: string;
  /** Whether the segment is evaluated; if not, its memberships stay as they were. */
  readonly active: boolean;
  readonly member: boolean;
  readonly source?: MembershipSource;
  /** ISO date-time. */
  readonly since?: string;
  readonly match: Segment['match'];
  readonly sentence: string;
  /** Whether the rules hold at this moment. */
  readonly holds: boolean;
  readonly rules: readonly RuleExplanation[];
  readonly lastTransition?: {
    readonly type: 'entered' | 'exited';
    readonly sequence: number;
    readonly occurredAt: string;
    readonly reason: string;
    readonly cause: Cause;
    readonly revision: number;
  };
  /** What a person did about the lead in this segment, while it still decides. `at` is an ISO date-time. */
  readonly byHand?: Pick<ManualChange, 'author' | 'reason'> & { readonly kind: StandingKind; readonly at: string };
}

const shownEvents = 5;

/** Explains why one lead is in one segment or not, at a moment (epoch ms). `events`: those of `eventsToRead`. */
export function explain(
  document: LeadDocument,
  segment: Segment,
  catalog: Catalog,
  events: EventsByCondition,
  now: number,
): Explanation {
  const { leadId } = document;
  const { id: segmentId, active, match, rules } = segment;
  const subject = storedSubject(document, catalog, events, Math.max(now, document.evaluatedAt));
  const nameOf: SegmentNames = (id) => catalog.known.get(id)?.name ?? id;
  const state = own(document.memberships, segmentId);
  const member = isMember(document, segmentId);
  const manual = manualChangeInForce(document, segmentId);
  return {
    leadId,
    segmentId,
    active,
    member,
    ...(member && state && { source: state.source, since: new Date(state.since).toISOString() }),
    match,
    sentence: describeRules(match, rules, nameOf),
    holds: compileRules(match, rules, catalog.context).holds(subject),
    rules: rules.map((rule) => explainRule(rule, subject, catalog, nameOf)),
    ...(state && {
      lastTransition: {
        type: member ? 'entered' : 'exited',
        sequence: state.sequence,
        occurredAt: new Date(state.since).toISOString(),
        reason: state.reason,
        cause: state.cause,
        revision: state.revision,
      },
    }),
    ...(manual && {
      byHand: {
        kind: manual.kind,
        author: manual.author,
        at: new Date(manual.at).toISOString(),
        ...(manual.reason !== undefined && { reason: manual.reason }),
      },
    }),
  };
}

function explainRule(rule: Rule, subject: Subject, catalog: Catalog, nameOf: SegmentNames): RuleExplanation {
  const value = unlessEmpty(valueRead(rule, subject, catalog, nameOf));
  return {
    ...(rule.id !== undefined && { ruleId: rule.id }),
    type: rule.type,
    sentence: describeRule(rule, nameOf),
    holds: compileRule(rule, catalog.context).holds(subject),
    ...(value !== undefined && { value }),
    ...(rule.type === 'group' && {
      match: rule.match,
      rules: rule.rules.map((inner) => explainRule(inner, subject, catalog, nameOf)),
    }),
  };
}

function valueRead(rule: Rule, subject: Subject, catalog: Catalog, nameOf: SegmentNames): unknown {
  const { document } = subject;
  switch (rule.type) {
    case 'lead_metadata':
      return leadFieldOf(document, rule.field);
    case 'account_metadata':
      return document.account && own(document.account.attributes, rule.field);
    case 'engagement_level':
    case 'profile_level':
    case 'account_level':
      return levelOf(document, rule.type);
    case 'event_metadata':
      return eventsRead(rule, subject, catalog.context.eventRetentionDays);
    case 'segment':
      return { segmentName: nameOf(rule.segmentId), member: subject.isMemberOf(rule.segmentId) };
    case 'group':
      return undefined;
  }
}

function eventsRead(rule: EventRule, subject: Subject, retentionDays: number): EventsRead {
  const needed = eventsNeeded(rule);
  const known = subject.events(compileEventCondition(rule), needed);
  const from = subject.now - eventWindowMs(rule, retentionDays);
  const inWindow = known.filter(([occurredAt]) => occurredAt >= from);
  return {
    count: inWindow.length,
    // No more are known than decide; when all of those are in the window, others may be too.
    orMore: inWindow.length === known.length && known.length >= needed,
    from: new Date(from).toISOString(),
    newest: inWindow
      .slice(0, shownEvents)
      .map(([occurredAt, eventId]) => ({ eventId, occurredAt: new Date(occurredAt).toISOString() })),
  };
}
