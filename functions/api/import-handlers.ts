import { cursorOf } from '../../shared/http/pages.ts';
import type { BodyOf } from '../../shared/http/route.ts';
import { importIdPattern, type importRoutes } from '../../shared/http/routes/import-routes.ts';
import { bindMapping, MappingError } from '../../shared/import/bound-mapping.ts';
import {
  type ImportAct,
  type ImportChange,
  type ImportJob,
  type ImportState,
  importStates,
  isEnd,
} from '../../shared/import/import-job.ts';
import { importPlanOf } from '../../shared/import/import-plan.ts';
import { inspectionOf } from '../../shared/import/inspect-import.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { isPossibleId } from '../../shared/problem/input-limits.ts';
import { invalid, notFound, Problem, unknownSegment } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';
import { inactive } from './change-memberships.ts';
import type { HandlersOf } from './handler-of-route.ts';
import { listedImport, showImport } from './import-answer.ts';
import { savedMapping } from './saved-mapping-handlers.ts';

/** How long (s) the address of the file of refused rows holds. */
const urlSeconds = 3_600;

/** What answers the routes of imports. */
export function importHandlers(world: ApiWorld): HandlersOf<typeof importRoutes> {
  const { importJobs, importFiles, queueImport, newImportId, now } = world;
  const moment = (ms = now()) => new Date(ms).toISOString();

  const importOr404 = async (importId: string): Promise<ImportJob> => {
    const job = importIdPattern.test(importId) ? await importJobs.get(importId) : undefined;
    if (!job) throw notFound('import', importId);
    return job;
  };

  /** Changes an import that is in one of these states, as it is stored now. Throws 404, and 409 in another state. */
  const change = async (
    importId: string,
    states: readonly ImportState[],
    changeOf: (job: ImportJob) => ImportChange | Promise<ImportChange>,
  ): Promise<{ before: ImportJob; job: ImportJob }> => {
    for (;;) {
      const before = await importOr404(importId);
      if (!states.includes(before.state)) throw wrongState(before);
      const job = await importJobs.change(before, await changeOf(before));
      if (job) return { before, job };
    }
  };

  /** Has the worker do what is next. Where it cannot be told, the import is as it was before, to be asked again. */
  const goOn = async ({ before, job }: { before: ImportJob; job: ImportJob }) => {
    try {
      await queueImport({ kind: 'import', importId: job.importId, attempt: 0 });
    } catch (error) {
      // Not where somebody else has changed it since: that is the later word.
      await importJobs.change(job, asBefore(before));
      throw error;
    }
    return { status: 202 as const, body: await showImport(world, job) };
  };

  return {
    createImport: async ({ body, author }) => {
      const job: ImportJob = {
        importId: newImportId(),
        fileName: body().fileName,
        author,
        state: 'awaiting_upload',
        createdAt: moment(),
        updatedAt: moment(),
        version: 1,
        known: {},
        parts: [],
      };
      await importJobs.create(job);
      const headers = { location: `/imports/${job.importId}` };
      return { status: 201, headers, body: await showImport(world, job) };
    },

    listImports: async ({ query }) => {
      const { limit, cursor } = query();
      const { imports, next } = await importJobs.page(limit, cursor?.after);
      const more = next !== undefined && { cursor: cursorOf({ after: next }) };
      return { status: 200, body: { imports: imports.map(listedImport), ...more } };
    },

    getImport: async ({ part }) => ({
      status: 200,
      body: await showImport(world, await importOr404(part('importId'))),
    }),

    inspectImport: async ({ part, body }) => {
      const { encoding, separator, sheet, headerLine } = body();
      const known = {
        ...(encoding && { encoding }),
        ...(separator && { separator }),
        ...(sheet !== undefined && { sheet }),
        ...(headerLine !== undefined && { headerLine }),
      };
      const found = { inspection: undefined, mapping: undefined, dryRun: undefined, file: undefined };
      return goOn(
        await change(part('importId'), ['awaiting_upload', 'unreadable', 'ready'], () => ({
          ...{ ...found, state: 'inspecting', reason: undefined },
          known,
        })),
      );
    },

    mapImport: async ({ part, body }) => {
      const mapping = body();
      const { job } = await change(part('importId'), ['ready'], (stored) => withMapping(world, stored, mapping));
      return { status: 200, body: await showImport(world, job) };
    },

    tryImport: async ({ part }) =>
      goOn(
        await change(part('importId'), ['ready'], (stored) => {
          refuseUnmapped(stored);
          return { state: 'trying', dryRun: undefined, reason: undefined };
        }),
      ),

    startImport: async ({ part, body }) => {
      const { mappingName, segment } = body();
      const act = segment && (await actOn(world, segment));
      const saved = mappingName === undefined ? undefined : await savedMapping(world, mappingName);
      if (mappingName !== undefined && !saved) {
        const message = `there is no saved mapping ${mappingName}`;
        throw invalid([{ path: '/mappingName', code: 'not_found', message }]);
      }
      return goOn(
        await change(part('importId'), ['ready'], async (stored) => {
          const mapped = saved ? await withMapping(world, stored, saved.mapping) : {};
          refuseUnmapped({ ...stored, ...mapped });
          if (act) await refuseAccounts(world, { ...stored, mapping: mapped.mapping ?? stored.mapping! });
          return { ...mapped, state: 'queued', startedAt: moment(), reason: undefined, ...(act && { act }) };
        }),
      );
    },

    cancelImport: async ({ part }) =>
      goOn(
        await change(
          part('importId'),
          importStates.filter((state) => !isEnd(state)),
          () => ({ state: 'cancelling' }),
        ),
      ),

    getRefusedRows: async ({ part }) => {
      const { importId, hasRefused, state } = await importOr404(part('importId'));
      if (!hasRefused || !isEnd(state)) throw notFound('file of refused rows in', importId);
      const url = await importFiles.refusedUrl(importId, urlSeconds);
      return { status: 200, body: { url, urlExpiresAt: moment(now() + urlSeconds * 1_000) } };
    },
  };
}

/** What takes back all that a request to go on changes. */
function asBefore({
  state,
  reason,
  known,
  inspection,
  mapping,
  dryRun,
  file,
  startedAt,
  act,
}: ImportJob): ImportChange {
  return { state, reason, known, inspection, mapping, dryRun, file, startedAt, act };
}

function wrongState({ importId, state }: ImportJob): Problem {
  return new Problem(409, 'import_state', `Import ${importId} is ${state}`);
}

/** What is to become of the leads in a segment. Throws 422 for one that is not there, or not active. */
async function actOn(
  { segments }: ApiWorld,
  { segmentId, action, replace }: NonNullable<BodyOf<typeof importRoutes.startImport>['segment']>,
): Promise<ImportAct> {
  const segment = isPossibleId(segmentId) ? await segments.get(segmentId) : undefined;
  if (!segment) throw invalid([unknownSegment('/segment/segmentId', segmentId)]);
  if (!segment.active) throw inactive(segment);
  return { segmentId, kind: action === 'add' ? 'added' : 'pinned', replaces: replace };
}

/** Throws 422 for an import of accounts, which are members of nothing. */
async function refuseAccounts({ importFiles }: ApiWorld, job: ImportJob): Promise<void> {
  const plan = await importPlanOf(importFiles, job);
  if (plan?.mapping.kind !== 'accounts') return;
  throw invalid([{ path: '/segment', code: 'not_allowed', message: 'the rows of the file are accounts, not leads' }]);
}

/** Throws 422 for an import without a mapping. */
function refuseUnmapped({ mapping }: Pick<ImportChange, 'mapping'>): void {
  if (mapping === undefined) throw invalid([{ path: '', code: 'required', message: 'the import has no mapping' }]);
}

/** Keeps a mapping; answers what the record then says. Throws 422 for one that does not fit the header of the file. */
async function withMapping({ importFiles }: ApiWorld, job: ImportJob, mapping: ImportMapping): Promise<ImportChange> {
  const stored = await inspectionOf(importFiles, job);
  if (!stored) throw new Problem(409, 'import_state', 'The file is gone: files are kept for seven days');
  try {
    bindMapping(stored.inspection.layout.header, mapping);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw invalid([{ path: '', code: 'not_found', message: error.message }]);
  }
  const name = String(job.version);
  await importFiles.put(job.importId, 'mapping', name, mapping);
  return { mapping: name, dryRun: undefined };
}
