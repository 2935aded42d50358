import type { z } from 'zod';
import type { AnswerBodyOf, SentBodyOf } from '../../shared/http/route.ts';
import type { RouteKey, RoutesByKey } from '../../shared/http/routes.ts';
import type { dryRunSchema } from '../../shared/http/segment-answers.ts';
import type { Match, Rule } from '../../shared/rule/rule.ts';

/** What a route answers, as it is declared. */
export type AnswerTo<Key extends RouteKey> = AnswerBodyOf<RoutesByKey[Key]>;

type EntryOf<List extends readonly unknown[]> = List[number];

/** A segment as lists answer it. */
export type SegmentSummary = EntryOf<AnswerTo<'GET /segments'>['segments']>;

/** A segment with its rules. */
export type SegmentWithRules = AnswerTo<'GET /segments/{segmentId}'>;

/** How far the evaluation of all leads for a segment is. */
export type RecalculationProgress = NonNullable<SegmentSummary['recalculation']>;

/** What of a segment is edited and saved together. */
export interface SegmentRules {
  readonly match: Match;
  readonly rules: readonly Rule[];
}

/** What "Edit" and the switch change. */
export type SegmentChange = SentBodyOf<RoutesByKey['PATCH /segments/{segmentId}']>;

/** A new segment. */
export type NewSegment = SentBodyOf<RoutesByKey['POST /segments']>;

/** What one save left of a segment. */
export type Revision = EntryOf<AnswerTo<'GET /segments/{segmentId}/revisions'>['revisions']>;

/** What a write would do to a segment, and to the members of those that refer to it. */
export type DryRunAnswer = z.output<typeof dryRunSchema>;

/** What happened in a segment. */
export type Activity = AnswerTo<'GET /segments/{segmentId}/activity'>;

/** A lead in a segment, or (`excluded`) kept out of it. */
export type Member = EntryOf<AnswerTo<'GET /segments/{segmentId}/members'>['members']>;

/** What became of a lead that was changed manually. */
export type ChangedLead = EntryOf<AnswerTo<'POST /segments/{segmentId}/members'>['results']>;

/** A preview with what is odd about its rules. */
export type PreviewAnswer = AnswerTo<'POST /preview'>;

/** Who matches, enters or leaves, and how many. */
export type PreviewMoves = NonNullable<PreviewAnswer['entering']>;

/** A lead. */
export type Lead = AnswerTo<'GET /leads/{leadId}'>;

/** Why a lead is, or is not, in a segment. */
export type Explanation = AnswerTo<'GET /leads/{leadId}/segments/{segmentId}/explanation'>;

/** What one rule says of a lead. */
export type RuleExplanation = EntryOf<Explanation['rules']>;

/** An entry or exit, as the lead's timeline tells it. */
export type TimelineTransition = EntryOf<AnswerTo<'GET /leads/{leadId}/timeline'>['transitions']>;

/** An entry or exit, wherever it is told. */
export type Transition = Pick<TimelineTransition, 'type' | 'occurredAt' | 'reason' | 'cause' | 'silent'>;

/** What set a transition off. */
export type Cause = Transition['cause'];

/** An import in the list. */
export type ListedImport = EntryOf<AnswerTo<'GET /imports'>['imports']>;

/** An import with all that is known of it. */
export type Import = AnswerTo<'GET /imports/{importId}'>;

/** What was found in a file. */
export type Inspection = NonNullable<Import['inspection']>;

/** A column as it was found. */
export type InspectedColumn = EntryOf<Inspection['columns']>;

/** The segment that the leads of an import are added to, and how. */
export type ImportTarget = NonNullable<SentBodyOf<RoutesByKey['POST /imports/{importId}/start']>['segment']>;

/** What a person says about a file that was found out wrongly. */
export type KnownFile = SentBodyOf<RoutesByKey['POST /imports/{importId}/inspect']>;

/** What rules can be made of. */
export type Vocabulary = AnswerTo<'GET /vocabulary'>;
