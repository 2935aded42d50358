import { z } from 'zod';
import type { LeadPosition } from '../lead/find-leads.ts';
import type { ManualChangeKind } from '../lead/manual-change.ts';
import type { MatchQuestion } from '../preview/lead-matcher.ts';

/** How far a job can be; the last three are ends. */
export const memberJobStates = ['queued', 'running', 'done', 'cancelled', 'failed'] as const;

/** How far a job is. */
type MemberJobState = (typeof memberJobStates)[number];

/** A lead about which nothing could be done, and why. */
interface RefusedLead {
  readonly leadId: string;
  readonly detail: string;
}

/** A manual change of all leads that match rules, in one segment: what is to be done, and how far that is. */
export interface MemberJob {
  readonly jobId: string;
  readonly segmentId: string;
  readonly kind: ManualChangeKind;
  readonly author: string;
  /** Why, in the words of the author. */
  readonly reason?: string;
  /** Which leads, with the levels and the moment of the request. */
  readonly question: MatchQuestion;
  readonly state: MemberJobState;
  /** ISO date-times. */
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Why it failed. */
  readonly failureReason?: string;
  /** Grows with each write of the record. */
  readonly version: number;
  /** How many leads there were when it was asked for. */
  readonly of: number;
  /** Leads that were looked at, whether they match or not. */
  readonly leads: number;
  readonly done: number;
  readonly unchanged: number;
  readonly refused: number;
  /** The first of those that were refused. */
  readonly refusals: readonly RefusedLead[];
  /** Pages of leads gone through, and where the leads begin that were not looked at; none once it has ended. */
  readonly pages: number;
  readonly place?: LeadPosition;
}

/** New values of some properties; undefined takes one away. */
export type MemberJobChange = { readonly [Key in keyof MemberJob]?: MemberJob[Key] | undefined };

/** A job that nobody has begun. */
export function queuedJob(
  asked: Pick<MemberJob, 'jobId' | 'segmentId' | 'kind' | 'author' | 'question' | 'of'> & {
    readonly reason?: string | undefined;
  },
  now: number,
): MemberJob {
  const { reason, ...rest } = asked;
  return {
    ...{ ...rest, state: 'queued', createdAt: new Date(now).toISOString(), version: 1 },
    ...(reason !== undefined && { reason }),
    ...{ pages: 0, place: { shard: 0 }, leads: 0, done: 0, unchanged: 0, refused: 0, refusals: [] },
  };
}

/** Whether nothing more becomes of a job. */
export const hasEnded = ({ state }: Pick<MemberJob, 'state'>) => state !== 'queued' && state !== 'running';

/** What the record says of a job that ends. `now`: epoch ms. */
export function endedAs(state: 'done' | 'cancelled' | 'failed', now: number, failureReason?: string): MemberJobChange {
  return { state, finishedAt: new Date(now).toISOString(), place: undefined, failureReason };
}

/** The message that has a job gone on with; `attempt`: how often the page that it is at went wrong. */
export const memberJobMessageSchema = z.strictObject({
  kind: z.literal('member_job'),
  segmentId: z.string().min(1).max(256),
  jobId: z.string().min(1).max(256),
  attempt: z.int().min(0),
});

/** Has a job gone on with. */
export type MemberJobMessage = z.infer<typeof memberJobMessageSchema>;
