import { createContext, use } from 'react';
import type { Overlap } from '../shared/projection/overlap.ts';
import type { SegmentTemplate } from '../shared/segment/template.ts';
import type { Vocabulary } from '../shared/vocabulary/vocabulary.ts';
import type {
  Activity,
  AddedLead,
  Explanation,
  Export,
  Health,
  Lead,
  LeadSegment,
  Member,
  NewSegment,
  PreviewAnswer,
  Revision,
  SegmentChange,
  SegmentRules,
  SegmentSummary,
  SegmentWithRules,
  TimelineTransition,
} from './api-answers.ts';
import { ApiProblem, problemOf } from './api-problem.ts';

interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly revision?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Page {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** The HTTP API, as the console uses it. */
export type Api = ReturnType<typeof createApi>;

/** A client of the API at that address. */
export function createApi(apiUrl: string) {
  const base = apiUrl.replace(/\/$/, '');

  async function ask(path: string, { method = 'GET', body, revision, signal }: Request = {}): Promise<Response> {
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
    return answer;
  }

  async function call<T>(path: string, request?: Request): Promise<T> {
    const answer = await ask(path, request);
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
        const path = `/segments${query({ limit: 500, cursor })}`;
        const page: { segments: SegmentSummary[]; cursor?: string } = await call(path, { signal });
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
    revisions: (segmentId: string, cursor: string | undefined, signal?: AbortSignal) =>
      call<{ revisions: Revision[]; cursor?: string }>(
        `${segmentPath(segmentId)}/revisions${query({ limit: 10, cursor })}`,
        { signal },
      ),
    restore: (segmentId: string, restored: number, revision: number) =>
      call<SegmentWithRules>(`${segmentPath(segmentId)}/revisions/${restored}/restore`, { method: 'POST', revision }),
    activity: (segmentId: string, signal?: AbortSignal) =>
      call<Activity>(`${segmentPath(segmentId)}/activity?days=14&limit=10`, { signal }),
    recalculate: (segmentId: string) =>
      call<SegmentWithRules>(`${segmentPath(segmentId)}/recalculate`, { method: 'POST' }),
    members: (segmentId: string, page: Page & { source: Member['source'] | undefined }, signal?: AbortSignal) =>
      call<{ members: Member[]; cursor?: string }>(`${segmentPath(segmentId)}/members${query(page)}`, { signal }),
    addMembers: (segmentId: string, { leadIds, pin, reason }: { leadIds: string[]; pin: boolean; reason: string }) =>
      call<{ results: AddedLead[] }>(`${segmentPath(segmentId)}/members`, {
        method: 'POST',
        body: { leadIds, pin, ...(reason.trim() && { reason }) },
      }),
    removeMember: (segmentId: string, leadId: string, { exclude, reason }: { exclude: boolean; reason: string }) =>
      call<void>(
        `${segmentPath(segmentId)}/members/${encodeURIComponent(leadId)}${query({
          exclude: exclude ? 'true' : undefined,
          reason: reason.trim() || undefined,
        })}`,
        { method: 'DELETE' },
      ),
    /** The members as CSV; where they are many, the id of a job that writes them to a file. */
    exportMembers: async (segmentId: string): Promise<{ csv: Blob } | { exportId: string }> => {
      const answer = await ask(`${segmentPath(segmentId)}/export`);
      return answer.status === 202 ? ((await answer.json()) as { exportId: string }) : { csv: await answer.blob() };
    },
    export: (exportId: string, signal?: AbortSignal) =>
      call<Export>(`/exports/${encodeURIComponent(exportId)}`, { signal }),
    overlap: (segmentId: string, otherId: string, signal?: AbortSignal) =>
      call<Overlap>(`${segmentPath(segmentId)}/overlap${query({ with: otherId })}`, { signal }),
    preview: (body: SegmentRules & { segmentId: string; sampleSize: number }, signal?: AbortSignal) =>
      call<PreviewAnswer>('/preview', { method: 'POST', body, signal }),
    pendingPreview: (previewId: string, signal?: AbortSignal) =>
      call<PreviewAnswer>(`/previews/${encodeURIComponent(previewId)}`, { signal }),
    leads: (page: Page, signal?: AbortSignal) =>
      call<{ leads: Lead[]; cursor?: string }>(`/leads${query(page)}`, { signal }),
    lead: (leadId: string, signal?: AbortSignal) => call<Lead>(leadPath(leadId), { signal }),
    deleteLead: (leadId: string) => call<void>(leadPath(leadId), { method: 'DELETE' }),
    leadSegments: (leadId: string, signal?: AbortSignal) =>
      call<{ segments: LeadSegment[] }>(`${leadPath(leadId)}/segments`, { signal }),
    timeline: (leadId: string, cursor: string | undefined, signal?: AbortSignal) =>
      call<{ transitions: TimelineTransition[]; cursor?: string }>(
        `${leadPath(leadId)}/timeline${query({ limit: 20, cursor })}`,
        { signal },
      ),
    explanation: (leadId: string, segmentId: string, signal?: AbortSignal) =>
      call<Explanation>(`${leadPath(leadId)}${segmentPath(segmentId)}/explanation`, { signal }),
    vocabulary: (signal?: AbortSignal) => call<Vocabulary>('/vocabulary', { signal }),
    templates: (signal?: AbortSignal) => call<{ templates: SegmentTemplate[] }>('/templates', { signal }),
    health: (signal?: AbortSignal) => call<Health>('/health', { signal }),
  };
}

/** A query of those parameters that are given. */
function query(parameters: object): string {
  const given = Object.entries(parameters).flatMap(([name, value]: [string, string | number | undefined]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

/** Gives every part of the console the API. */
export const ApiContext = createContext<Api | undefined>(undefined);

/** The API of this console. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (!api) throw new Error('There is no API around this component');
  return api;
}
