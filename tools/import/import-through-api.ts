import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { z } from 'zod';
import { problemSchema } from '../../shared/http/answer.ts';
import { importSchema, refusedRowsSchema, type startImportSchema } from '../../shared/http/import-answers.ts';
import { isEnd } from '../../shared/import/import-job.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type { KnownFile } from '../../shared/table/inspect.ts';
import type { ImportProgress } from './import-progress.ts';

/** Where the API is, and what callers show it there. */
export interface ApiAddress {
  readonly url: string;
  /** A bearer token of the identity provider that the stack was deployed with. */
  readonly token?: string | undefined;
}

/** What to import, and of which segment the leads are to be members. */
export interface ApiImport {
  readonly file: string;
  readonly known: KnownFile;
  readonly mapping: ImportMapping;
  readonly segment: NonNullable<z.input<typeof startImportSchema>['segment']>;
}

/** An import as the API tells it. */
export type ImportTold = z.output<typeof importSchema>;

const pollMs = 1_000;

/** What the API refused, for people. */
export class ApiRefusedError extends Error {}

/**
 * Imports a file through the API, whose worker goes on if this program ends: it puts the file where the API says, has it
 * looked at and mapped, starts it, and waits until it has ended. Ctrl-C (`signal`) cancels it. Answers the import as it ended.
 * Throws `ApiRefusedError` for what the API refuses, and for a file that it cannot read.
 */
export async function importThroughApi(
  { file, known, mapping, segment }: ApiImport,
  api: ApiAddress,
  { progress, signal }: { readonly progress: ImportProgress; readonly signal: AbortSignal },
): Promise<ImportTold> {
  const call = caller(api);
  const { importId, upload } = importSchema.parse(await call('POST', '/imports', { fileName: basename(file) }));
  const path = `/imports/${importId}`;
  const read = async () => importSchema.parse(await call('GET', path));
  if (!upload) throw new ApiRefusedError(`Import ${importId} does not say where to put the file`);
  const put = await fetch(upload.url, { method: upload.method, body: await openAsBlob(file) });
  if (!put.ok) throw new ApiRefusedError(`The file could not be put at the API's address: ${put.status}`);
  await call('POST', `${path}/inspect`, known);
  const inspected = await until(read, ({ state }) => state !== 'inspecting' && state !== 'awaiting_upload');
  if (inspected.state === 'unreadable') throw new ApiRefusedError(inspected.reason ?? 'The file cannot be read');
  await call('PUT', `${path}/mapping`, mapping);
  await call('POST', `${path}/start`, { segment });
  let isCancelled = false;
  return until(read, async (told) => {
    if (told.progress) progress.at(told.progress.bytes, told.progress.rows);
    if (signal.aborted && !isCancelled && !isEnd(told.state)) {
      isCancelled = true;
      await call('POST', `${path}/cancel`);
    }
    return isEnd(told.state);
  });
}

/** The refused rows of an import that has ended, as CSV; undefined when there are none. */
export async function refusedRowsOf(importId: string, api: ApiAddress): Promise<string | undefined> {
  const found = await caller(api)('GET', `/imports/${importId}/refused`, undefined, [404]);
  if (found === undefined) return undefined;
  const answer = await fetch(refusedRowsSchema.parse(found).url);
  if (!answer.ok) throw new ApiRefusedError(`The refused rows could not be read: ${answer.status}`);
  return answer.text();
}

/** Calls the API; answers undefined for a status that `nothing` names. */
function caller({ url, token }: ApiAddress) {
  return async (method: string, path: string, body?: unknown, nothing: readonly number[] = []): Promise<unknown> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (nothing.includes(answer.status)) return undefined;
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const problem = problemSchema.safeParse(parsed(text));
    const told = problem.success ? problem.data.detail : text.slice(0, 200);
    throw new ApiRefusedError(`${method} ${path}: ${answer.status} ${told}`);
  };
}

/** JSON as what it says; anything else as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text;
  }
}

/** Asks once a second until it is so. */
async function until<Told>(read: () => Promise<Told>, isSo: (told: Told) => boolean | Promise<boolean>): Promise<Told> {
  for (;;) {
    const told = await read();
    if (await isSo(told)) return told;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
