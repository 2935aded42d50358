import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importHandlers } from '../../functions/api/import-handlers.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { type S3, startS3 } from '../../local/aws/s3.ts';
import type { Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

let s3: S3 | undefined;
const directory = mkdtempSync(join(tmpdir(), 'imports-'));
const origin = 'http://localhost:5173';
beforeAll(async () => {
  const rule = { AllowedOrigins: ['*'], AllowedMethods: ['PUT'], AllowedHeaders: ['content-type'], MaxAge: 3_600 };
  const pages = { callers: { origins: new Set([origin]), jsonOnly: false } };
  const cors = new Map([['import-files', { CorsRules: [rule] }]]);
  s3 = await startS3(directory, ['import-files'], { what: 'S3', flag: '', port: 0 }, { ...pages, cors });
  process.env.AWS_ENDPOINT_URL_S3 = s3.url;
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  await s3?.stop();
  rmSync(directory, { recursive: true });
});

const opened = useApiRoom();
const api = () => opened.client;
let worker: QueueFunction;
beforeAll(async () => {
  worker = (await import('../../functions/queues/imports.ts')).handler;
});

/** Has what waits in the queue of imports done. */
async function work(): Promise<void> {
  for (
    let letters = await opened.room.take('IMPORTS');
    letters.length > 0;
    letters = await opened.room.take('IMPORTS')
  ) {
    const bodies = letters.map(({ body }) => body);
    expect(await opened.room.deliver(worker, bodies)).toEqual([]);
  }
}

const csv = 'E-Mail;Name;Revenue\nAnn@x.example;Ann;1.200,50\nbob@x.example;Bob;viel\n;Nobody;1\n';

async function begun(fileName = 'contacts.csv'): Promise<Json> {
  const { status, body, location } = await api().post('/imports', { fileName });
  expect(status).toBe(201);
  expect(location).toBe(`/imports/${body.importId}`);
  return body;
}

async function upload({ upload: { method, url } }: Json, content: string): Promise<void> {
  const headers = { origin, 'content-type': 'text/csv' };
  const { status } = await fetch(url, { method, body: content, headers });
  expect(status).toBe(200);
}

const get = async (importId: string): Promise<Json> => (await api().get(`/imports/${importId}`)).body;
const post = (importId: string, what: string, body?: object) => api().post(`/imports/${importId}/${what}`, body);

async function inspected(content = csv): Promise<Json> {
  const job = await begun();
  await upload(job, content);
  expect(await post(job.importId, 'inspect')).toMatchObject({ status: 202, body: { state: 'inspecting' } });
  await work();
  return get(job.importId);
}

describe('an import', () => {
  test('goes from a file to changes in the queues, and tells all on the way', async () => {
    const job = await inspected();
    expect(job).toMatchObject({
      ...{ state: 'ready', fileName: 'contacts.csv', author: 'local' },
      inspection: {
        ...{ format: { kind: 'csv', encoding: 'utf-8', separator: ';' }, headerLine: 1, rows: 3, complete: true },
        columns: [{ name: 'E-Mail', kind: { kind: 'text' }, filled: 2, unique: true }, { name: 'Name' }, {}],
        suggestedMapping: { kind: 'leads', leadId: 'E-Mail' },
      },
    });
    expect(job).not.toHaveProperty('upload');
    const mapping = {
      ...job.inspection.suggestedMapping,
      columns: [{ column: 'Revenue', as: { kind: 'number', decimal: ',' } }],
    };
    await opened.change('profileChanges', {
      ...{
        leadId: 'bob@x.example',
        occurredAt: '2026-01-01T00:00:00Z',
        attributes: { Name: 'Bob', 'E-Mail': 'bob@x.example' },
      },
    });
    const rule = { type: 'lead_metadata', field: 'Revenue', operator: 'greater_than', value: 1_000 };
    const segment = await api().create({ name: 'Rich', active: true, rules: [rule] });
    const mapped = await api().put(`/imports/${job.importId}/mapping`, mapping);
    expect(mapped).toMatchObject({ status: 200, body: { mapping } });
    expect(await post(job.importId, 'dry-run')).toMatchObject({ status: 202, body: { state: 'trying' } });
    await work();
    expect((await get(job.importId)).dryRun).toMatchObject({
      ...{ rows: 3, refusedRows: 1, complete: true, sent: { profile: 2 } },
      leads: {
        ...{ rows: 3, new: 1, changed: 0, unchanged: 1, failed: 0 },
        segments: [{ segmentId: segment.id, name: 'Rich', entering: { total: 1, leadIds: ['ann@x.example'] } }],
      },
    });
    expect(await opened.room.take('PROFILE_CHANGES')).toEqual([]);
    expect(await post(job.importId, 'start')).toMatchObject({ status: 202, body: { state: 'queued' } });
    await work();
    const done = await get(job.importId);
    expect(done).toMatchObject({
      state: 'done',
      progress: { rows: 3, refusedRows: 1, sent: { profile: 2 }, bytes: csv.length, ofBytes: csv.length },
      result: {
        refused: [{ reason: 'no lead id', column: 'E-Mail', count: 1, lines: [4] }],
        leftOut: [{ reason: 'no number 1.234,5; left out', column: 'Revenue', value: 'viel', count: 1, lines: [3] }],
        ...{ repeatedRows: 0, foldedIds: { rows: 1, example: 'Ann@x.example' }, notices: [] },
      },
    });
    const changes = (await opened.room.take('PROFILE_CHANGES')).map(({ body }) => JSON.parse(body));
    expect(changes.map(({ leadId, attributes }) => [leadId, attributes])).toEqual([
      ['ann@x.example', { 'E-Mail': 'Ann@x.example', Name: 'Ann', Revenue: 1200.5 }],
      ['bob@x.example', { 'E-Mail': 'bob@x.example', Name: 'Bob' }],
    ]);
    const { body } = await api().get(`/imports/${job.importId}/refused`);
    expect(await (await fetch(body.url)).text()).toContain(';Nobody;1;'.replaceAll(';', ','));
    expect((await post(job.importId, 'cancel')).body.code).toBe('import_state');
  });

  test('is refused what it cannot do yet, and a mapping of other columns', async () => {
    const { importId, ...job } = await begun();
    for (const what of ['start']) expect((await post(importId, what)).body.code).toBe('import_state');
    expect((await api().get(`/imports/${importId}/refused`)).status).toBe(404);
    await post(importId, 'inspect');
    await work();
    expect(await get(importId)).toMatchObject({ state: 'awaiting_upload', reason: expect.stringContaining('no file') });
    await upload(job, '%PDF-1.7');
    await post(importId, 'inspect');
    await work();
    const unreadable = await get(importId);
    expect(unreadable).toMatchObject({ state: 'unreadable', reason: expect.stringContaining('PDF') });
    await upload(unreadable, csv);
    await post(importId, 'inspect', { separator: ';', headerLine: 1 });
    await work();
    const { inspection } = await get(importId);
    const none = await post(importId, 'start');
    expect(none).toMatchObject({ status: 422, body: { errors: [{ code: 'required' }] } });
    const other = { ...inspection.suggestedMapping, leadId: 'Mail' };
    expect(await api().put(`/imports/${importId}/mapping`, other)).toMatchObject({
      ...{ status: 422, body: { errors: [{ path: '', message: expect.stringContaining('no column "Mail"') }] } },
    });
    expect((await api().get('/imports/imp_x')).status).toBe(404);
  });

  test('can be cancelled before it starts, which removes the file', async () => {
    const job = await inspected();
    expect(await post(job.importId, 'cancel')).toMatchObject({ status: 202, body: { state: 'cancelling' } });
    await work();
    expect(await get(job.importId)).toMatchObject({ state: 'cancelled' });
    expect((await post(job.importId, 'start')).body.code).toBe('import_state');
  });
});

test('an import whose worker cannot be told is as it was, and can be asked again', async () => {
  const job = await inspected();
  await api().put(`/imports/${job.importId}/mapping`, job.inspection.suggestedMapping);
  const away = async () => Promise.reject(new Error('SQS is away'));
  const { startImport } = importHandlers({ ...opened.world, queueImport: away });
  const request = { part: () => job.importId, body: () => ({}) };
  await expect(startImport(request as unknown as Parameters<typeof startImport>[0])).rejects.toThrow('SQS is away');
  expect((await get(job.importId)).state).toBe('ready');
  expect(await get(job.importId)).not.toHaveProperty('startedAt');
  expect(await post(job.importId, 'start')).toMatchObject({ status: 202, body: { state: 'queued' } });
  await work();
  expect((await get(job.importId)).state).toBe('done');
});

test('a mapping is saved by name, and an import starts with it', async () => {
  const name = 'Kontakte über alles';
  const path = `/import-mappings/${encodeURIComponent(name)}`;
  const { importId, inspection } = await inspected();
  const mapping = inspection.suggestedMapping;
  expect((await post(importId, 'start', { mappingName: name })).body.errors).toMatchObject([{ path: '/mappingName' }]);
  expect(await api().put(path, mapping)).toMatchObject({ status: 200, body: { name, mapping, author: 'local' } });
  expect((await api().get('/import-mappings')).body.mappings).toMatchObject([{ name, author: 'local' }]);
  expect((await api().get(path)).body.mapping).toEqual(mapping);
  const started = await post(importId, 'start', { mappingName: name });
  expect(started).toMatchObject({ status: 202, body: { state: 'queued', mapping } });
  const other = await inspected('Mail;Name\nx@y.example;X\n');
  expect((await post(other.importId, 'start', { mappingName: name })).status).toBe(422);
  expect((await api().put('/import-mappings/%20x', mapping)).status).toBe(422);
  expect((await api().delete(path)).status).toBe(204);
  expect([(await api().get(path)).status, (await api().delete(path)).status]).toEqual([404, 404]);
  await work();
  await opened.room.take('PROFILE_CHANGES');
});

test('leads of a file become members of a segment that is there and active, and accounts do not', async () => {
  const { id: segmentId } = await api().create({ name: 'Guests', active: true });
  const { id: idle } = await api().create({ name: 'Idle', active: false });
  const { importId, inspection } = await inspected();
  const { leadId: _leadId, events: _events, ...both } = inspection.suggestedMapping;
  await api().put(`/imports/${importId}/mapping`, { ...both, kind: 'accounts', accountId: 'Name' });
  const start = (segment: object) => post(importId, 'start', { segment });
  expect((await start({ segmentId: 'seg_x' })).body.errors).toMatchObject([{ path: '/segment/segmentId' }]);
  expect((await start({ segmentId: idle })).body.code).toBe('segment_inactive');
  expect((await start({ segmentId })).body.errors).toMatchObject([{ path: '/segment', code: 'not_allowed' }]);
  await api().put(`/imports/${importId}/mapping`, inspection.suggestedMapping);
  expect(await start({ segmentId, action: 'pin' })).toMatchObject({
    ...{ status: 202, body: { segment: { segmentId, action: 'pin', replace: false, done: 0 } } },
  });
  expect(
    await opened.room.deliver(
      worker,
      (await opened.room.take('IMPORTS')).map(({ body }) => body),
    ),
  ).toEqual([]);
  expect((await get(importId)).state).toBe('adding');
  await post(importId, 'cancel');
});

test('imports are listed newest first, page by page', async () => {
  const [first, second] = [await begun('a.csv'), await begun('b.csv')];
  const page = (await api().get('/imports?limit=1')).body;
  expect(page.imports.map(({ importId }: Json) => importId)).toEqual([second.importId]);
  const rest = (await api().get(`/imports?cursor=${page.cursor}`)).body;
  expect(rest.imports[0].importId).toBe(first.importId);
});

test('a page may put a file from its origin, and no other page', async () => {
  const { upload: signed } = await begun();
  const ask = (from: string, method: string) =>
    fetch(signed.url, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      },
    });
  const allowed = await ask(origin, 'PUT');
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect((await ask(origin, 'DELETE')).status).toBe(403);
  expect((await ask('https://evil.example', 'PUT')).status).toBe(403);
});
