import { createContext, use } from 'react';
import type { FieldError } from '../shared/http/problem.ts';
import type { Preview, PreviewProgress } from '../shared/preview/preview.ts';
import type { Match, Rule } from '../shared/rule/rule.ts';
import type { Value } from '../shared/rule/value.ts';
import type { SizeAdvice } from '../shared/segment/segment.ts';
import type { SegmentTemplate } from '../shared/segment/template.ts';
import type { Vocabulary } from '../shared/vocabulary/vocabulary.ts';

/** How far the evaluation of all leads for a segment is. */
export interface RecalculationProgress {
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly done: number;
  readonly of: number;
  readonly entering?: number;
  readonly leaving?: number;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** When a failed one is tried again. */
  readonly retryAt?: string;
  readonly failures?: readonly { readonly leadId?: string; readonly shard?: string; readonly reason: string }[];
}

/** What one save left of a segment. */
export interface Revision {
  readonly revision: number;
  readonly savedAt: string;
  readonly author?: string;
  readonly changes: readonly string[];
}

/** What happened in a segment. */
export interface Activity {
  readonly days: readonly { readonly day: string; readonly entered: number; readonly exited: number }[];
  readonly transitions: readonly {
    readonly leadId: string;
    readonly occurredAt: string;
    readonly type: 'entered' | 'exited';
    readonly sequence: number;
  }[];
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

export interface Member {
  readonly leadId: string;
  readonly since: string;
  readonly source: 'rules' | 'manual' | 'pinned';
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

/** What the API refused, or (status 0) that it could not be asked. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];

  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** Whether somebody else changed what was to be changed. */
export function isRevisionMoved(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 412;
}

interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly revision?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The HTTP API, as the console uses it. */
export type Api = ReturnType<typeof createApi>;

/** A client of the API at that address. */
export function createApi(apiUrl: string) {
  const base = apiUrl.replace(/\/$/, '');

  async function call<T>(path: string, { method = 'GET', body, revision, signal }: Request = {}): Promise<T> {
    const headers = new Headers();
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (revision !== undefined) headers.set('if-match', `"${revision}"`);
    const text = body === undefined ? null : JSON.stringify(body);
    let answer: Response;
    try {
      answer = await fetch(base + path, { method, headers, body: text, signal: signal ?? null });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiProblem(0, 'unreachable', `The API at ${base} does not answer.`);
    }
    if (!answer.ok) throw await problemOf(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  const segmentPath = (segmentId: string) => `/segments/${encodeURIComponent(segmentId)}`;
  const leadPath = (leadId: string) => `/leads/${encodeURIComponent(leadId)}`;

  return {
    /** Every segment: the list is searched and sorted here. */
    segments: async (signal?: AbortSignal): Promise<SegmentSummary[]> => {
      const all: SegmentSummary[] = [];
      let cursor: string | undefined;
      do {
        const path = `/segments?limit=500${cursor ? `&cursor=${cursor}` : ''}`;
        const page = await call<{ segments: SegmentSummary[]; cursor?: string }>(path, { signal });
        all.push(...page.segments);
        cursor = page.cursor;
      } while (cursor);
      return all;
    },
    segment: (segmentId: string, signal?: AbortSignal) => call<SegmentWithRules>(segmentPath(segmentId), { signal }),
    createSegment: (body: NewSegment) => call<SegmentWithRules>('/segments', { method: 'POST', body }),
    changeSegment: (segmentId: string, revision: number, body: SegmentChange) =>
      call<SegmentWithRules>(segmentPath(segmentId), { method: 'PATCH', body, revision }),
    saveRules: (segmentId: string, revision: number, body: SegmentRules) =>
      call<SegmentWithRules>(`${segmentPath(segmentId)}/rules`, { method: 'PUT', body, revision }),
    deleteSegment: (segmentId: string, revision: number) =>
      call<void>(segmentPath(segmentId), { method: 'DELETE', revision }),
    copySegment: (segmentId: string) => call<SegmentWithRules>(`${segmentPath(segmentId)}/copy`, { method: 'POST' }),
    revisions: (segmentId: string, signal?: AbortSignal) =>
      call<{ revisions: Revision[] }>(`${segmentPath(segmentId)}/revisions?limit=20`, { signal }),
    restore: (segmentId: string, restored: number, revision: number) =>
      call<SegmentWithRules>(`${segmentPath(segmentId)}/revisions/${restored}/restore`, { method: 'POST', revision }),
    activity: (segmentId: string, signal?: AbortSignal) =>
      call<Activity>(`${segmentPath(segmentId)}/activity?days=14&limit=10`, { signal }),
    recalculate: (segmentId: string) =>
      call<SegmentWithRules>(`${segmentPath(segmentId)}/recalculate`, { method: 'POST' }),
    members: (segmentId: string, cursor: string | undefined, limit: number, signal?: AbortSignal) =>
      call<{ members: Member[]; cursor?: string }>(
        `${segmentPath(segmentId)}/members?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`,
        { signal },
      ),
    preview: (body: SegmentRules & { segmentId: string; sampleSize: number }, signal?: AbortSignal) =>
      call<PreviewAnswer>('/preview', { method: 'POST', body, signal }),
    pendingPreview: (previewId: string, signal?: AbortSignal) =>
      call<PreviewAnswer>(`/previews/${encodeURIComponent(previewId)}`, { signal }),
    lead: (leadId: string, signal?: AbortSignal) => call<Lead>(leadPath(leadId), { signal }),
    leadSegments: (leadId: string, signal?: AbortSignal) =>
      call<{ segments: LeadSegment[] }>(`${leadPath(leadId)}/segments`, { signal }),
    vocabulary: (signal?: AbortSignal) => call<Vocabulary>('/vocabulary', { signal }),
    templates: (signal?: AbortSignal) => call<{ templates: SegmentTemplate[] }>('/templates', { signal }),
    health: (signal?: AbortSignal) => call<Health>('/health', { signal }),
  };
}

/** Problem JSON as it says itself; anything else (a gateway's own answer) by its status. */
async function problemOf(answer: Response): Promise<ApiProblem> {
  const text = await answer.text();
  try {
    const { code = 'unknown', detail, message, errors } = JSON.parse(text) as Record<string, never>;
    return new ApiProblem(answer.status, code, detail ?? message ?? `The API answers ${answer.status}.`, errors);
  } catch {
    return new ApiProblem(answer.status, 'unknown', `The API answers ${answer.status} ${answer.statusText}.`);
  }
}

/** Gives every part of the console the API. */
export const ApiContext = createContext<Api | undefined>(undefined);

/** The API of this console. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (!api) throw new Error('There is no API around this component');
  return api;
}
