import { createContext, use } from 'react';
import { pathPart } from '../../shared/http/path-parts.ts';
import type { PathPartOf, QueryOf, SentBodyOf } from '../../shared/http/route.ts';
import type { RouteKey, RoutesByKey } from '../../shared/http/routes.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type {
  AnswerTo,
  DryRunAnswer,
  ImportTarget,
  KnownFile,
  SegmentChange,
  SegmentRules,
  SegmentSummary,
} from './answers.ts';
import { ApiProblem, jsonOf, problemOf } from './problem.ts';

/** What a route is asked with: its declaration says which parts its path has, which parameters and which body it takes. */
type Request<Key extends RouteKey> = {
  readonly query?: { readonly [Name in keyof QueryOf<RoutesByKey[Key]>]?: string | number | undefined };
  readonly body?: SentBodyOf<RoutesByKey[Key]>;
  /** What the write is made for; another one in the meantime has it refused. */
  readonly revision?: number | string;
  readonly signal?: AbortSignal | undefined;
} & ([PathPartOf<RoutesByKey[Key]>] extends [never]
  ? { readonly parts?: never }
  : { readonly parts: Readonly<Record<PathPartOf<RoutesByKey[Key]>, string>> });

interface Page {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** The HTTP API, as the console uses it. */
export type Api = ReturnType<typeof createApi>;

/** A client of the API at that address. */
export function createApi(apiUrl: string) {
  const base = apiUrl.replace(/\/$/, '');

  async function ask<Key extends RouteKey>(key: Key, request: Request<Key>): Promise<Response> {
    const { parts = {}, query = {}, body, revision, signal } = request;
    const headers = new Headers();
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (revision !== undefined) headers.set('if-match', `"${revision}"`);
    const text = body === undefined ? null : JSON.stringify(body);
    const [method = '', path = ''] = key.split(' ');
    let answer: Response;
    try {
      const url = base + filled(path, parts) + queryOf(query);
      answer = await fetch(url, { method, headers, body: text, signal: signal ?? null });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiProblem(0, 'unreachable', `The API at ${base} does not answer.`);
    }
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  async function call<Key extends RouteKey>(key: Key, request: Request<Key>): Promise<AnswerTo<Key>> {
    const answer = await ask(key, request);
    return (answer.status === 204 ? undefined : await jsonOf(answer)) as AnswerTo<Key>;
  }

  /** Asks a route what it would do; it refuses what it would refuse. */
  async function tryOut<Key extends RouteKey>(key: Key, request: Request<Key>): Promise<DryRunAnswer> {
    const answer = await ask(key, { ...request, query: { ...request.query, dryRun: 'true' } } as Request<Key>);
    return (await jsonOf(answer)) as DryRunAnswer;
  }

  return {
    /** Where the API is. */
    address: base,
    /** Calls a route by its declaration, and answers its body; a refusal is thrown as an `ApiProblem`. */
    call,
    /** The same, for answers that are no JSON. */
    ask,
    /** What a route that takes `?dryRun=true` would do, without doing it. */
    tryOut,
    /** Every segment: the list is searched and sorted here. */
    segments: async (signal?: AbortSignal): Promise<SegmentSummary[]> => {
      const all: SegmentSummary[] = [];
      let cursor: string | undefined;
      do {
        const page: AnswerTo<'GET /segments'> = await call('GET /segments', { query: { limit: 500, cursor }, signal });
        all.push(...page.segments);
        cursor = page.cursor;
      } while (cursor);
      return all;
    },
    segment: (segmentId: string, signal?: AbortSignal) =>
      call('GET /segments/{segmentId}', { parts: { segmentId }, signal }),
    changeSegment: (segmentId: string, revision: number, body: SegmentChange) =>
      call('PATCH /segments/{segmentId}', { parts: { segmentId }, body, revision }),
    revisions: (segmentId: string, cursor: string | undefined, signal?: AbortSignal) =>
      call('GET /segments/{segmentId}/revisions', { parts: { segmentId }, query: { limit: 10, cursor }, signal }),
    recalculate: (segmentId: string) => call('POST /segments/{segmentId}/recalculate', { parts: { segmentId } }),
    preview: (body: SegmentRules & { segmentId: string; sampleSize: number; fresh: boolean }, signal?: AbortSignal) =>
      call('POST /preview', { body, signal }),
    pendingPreview: (previewId: string, signal?: AbortSignal) =>
      call('GET /previews/{previewId}', { parts: { previewId }, signal }),
    imports: (query: Page, signal?: AbortSignal) => call('GET /imports', { query, signal }),
    import: (importId: string, signal?: AbortSignal) =>
      call('GET /imports/{importId}', { parts: { importId }, signal }),
    createImport: (fileName: string) => call('POST /imports', { body: { fileName } }),
    inspectImport: (importId: string, known: KnownFile) =>
      call('POST /imports/{importId}/inspect', { parts: { importId }, body: known }),
    mapImport: (importId: string, mapping: ImportMapping) =>
      call('PUT /imports/{importId}/mapping', { parts: { importId }, body: mapping }),
    tryImport: (importId: string) => call('POST /imports/{importId}/dry-run', { parts: { importId } }),
    startImport: (importId: string, segment: ImportTarget | undefined) =>
      call('POST /imports/{importId}/start', { parts: { importId }, body: segment ? { segment } : {} }),
    cancelImport: (importId: string) => call('POST /imports/{importId}/cancel', { parts: { importId } }),
    refusedRows: (importId: string) => call('GET /imports/{importId}/refused', { parts: { importId } }),
    savedMappings: (signal?: AbortSignal) => call('GET /import-mappings', { query: { limit: 500 }, signal }),
    savedMapping: (name: string) => call('GET /import-mappings/{name}', { parts: { name } }),
    saveMapping: (name: string, mapping: ImportMapping) =>
      call('PUT /import-mappings/{name}', { parts: { name }, body: mapping }),
    deleteMapping: (name: string) => call('DELETE /import-mappings/{name}', { parts: { name } }),
    vocabulary: (signal?: AbortSignal) => call('GET /vocabulary', { signal }),
    templates: (signal?: AbortSignal) => call('GET /templates', { signal }),
    health: (signal?: AbortSignal) => call('GET /health', { signal }),
  };
}

/** A path with its parts in it. */
function filled(path: string, parts: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => pathPart(parts[name] ?? ''));
}

/** A query of those parameters that are given. */
function queryOf(parameters: object): string {
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
