import type { SizeAdvice } from '../shared/catalog/segment.ts';
import type { Explanation as StoredExplanation } from '../shared/membership/explanation.ts';
import type { Preview, PreviewProgress } from '../shared/preview/preview.ts';
import type { FieldError } from '../shared/problem/problem.ts';
import type { Match, Rule } from '../shared/rule/rule.ts';
import type { Value } from '../shared/rule/value.ts';

/** How far the evaluation of all leads for a segment is. */
export interface RecalculationProgress {
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly done: number;
  readonly of: number;
  readonly entering?: number;
  readonly leaving?: number;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** How many leads could not be evaluated; `failures` names the first of them. */
  readonly failed?: number;
  /** When a failed one is tried again. */
  readonly retryAt?: string;
  readonly failures?: readonly { readonly leadId?: string; readonly shard?: string; readonly reason: string }[];
}

/** What one save left of a segment. */
export interface Revision {
  readonly revision: number;
  readonly savedAt: string;
  readonly author?: string;
  readonly name: string;
  readonly match: Match;
  readonly rules: readonly Rule[];
  readonly changes: readonly string[];
}

/** What set a transition off. */
export interface Cause {
  readonly kind: string;
  readonly changeId?: string;
  readonly occurredAt: string;
}

/** An entry or exit. */
export interface Transition {
  readonly type: 'entered' | 'exited';
  readonly sequence: number;
  readonly occurredAt: string;
  readonly reason: string;
  readonly cause: Cause;
  readonly revision: number;
  /** Stored, but not published. */
  readonly silent?: boolean;
}

/** An entry or exit, as the lead's timeline tells it. */
export interface TimelineTransition extends Transition {
  readonly segment: { readonly id: string; readonly name: string };
}

/** Why a lead is, or is not, in a segment. */
export interface Explanation extends StoredExplanation {
  readonly source?: Member['source'];
  readonly lastTransition?: Transition;
}

/** What happened in a segment. */
export interface Activity {
  readonly days: readonly { readonly day: string; readonly entered: number; readonly exited: number }[];
  readonly transitions: readonly (Transition & { readonly leadId: string })[];
}

/** A segment as lists answer it. */
export interface SegmentSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly match: Match;
  readonly revision: number;
  readonly memberCount: number;
  readonly share: number;
  readonly size: SizeAdvice;
  readonly recalculation?: RecalculationProgress;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly freshAsOf: string;
}

/** A segment with its rules. */
export interface SegmentWithRules extends SegmentSummary {
  readonly rules: readonly Rule[];
}

/** What of a segment is edited and saved together. */
export interface SegmentRules {
  readonly match: Match;
  readonly rules: readonly Rule[];
}

/** What "Edit" and the switch change. */
export type SegmentChange = Partial<Pick<SegmentSummary, 'name' | 'description' | 'active'>>;

/** A new segment. */
export type NewSegment = Pick<SegmentSummary, 'name' | 'description'> & Partial<SegmentRules>;

/** A lead in a segment, or (`excluded`) kept out of it. */
export interface Member {
  readonly leadId: string;
  readonly since: string;
  readonly source: 'rules' | 'manual' | 'pinned' | 'excluded';
  /** Who did it by hand, and why. */
  readonly author?: string;
  readonly reason?: string;
}

/** What became of a lead that was to be added by hand. */
export interface AddedLead {
  readonly leadId: string;
  readonly result: 'added' | 'already_member' | 'unknown_lead' | 'refused';
  /** It had been kept out until now. */
  readonly wasExcluded?: true;
  /** Why it was refused. */
  readonly detail?: string;
}

/** How far an export to a file is; `url` is where the file is, once it is done. */
export interface Export {
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly rows: number;
  readonly reason?: string;
  readonly url?: string;
}

/** A segment that a lead is in. */
export interface LeadSegment extends Omit<Member, 'leadId'> {
  readonly id: string;
  readonly name: string;
}

export interface Lead {
  readonly leadId: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly engagementLevel?: string;
  readonly profileLevel?: string;
  readonly account?: {
    readonly accountId: string;
    readonly attributes: Readonly<Record<string, Value | null>>;
    readonly accountLevel?: string;
  };
  readonly updatedAt: string;
}

/** How fresh everything is. */
export interface Health {
  readonly freshAsOf: string;
  readonly queues: Readonly<Record<string, { readonly oldestUnprocessedSeconds: number }>>;
}

/** A preview with what is odd about its rules. */
export interface PreviewAnswer extends Preview {
  /** Where the rest is asked for, while it is not exact. */
  readonly previewId?: string;
  readonly progress?: PreviewProgress;
  readonly warnings: readonly (FieldError & { readonly code: string })[];
}
