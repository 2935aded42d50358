import { createHash, randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { ExportJob } from '../../shared/export/export.ts';
import type { ExportChange } from '../../shared/export/export-store.ts';
import type { MemberPage } from '../../shared/export/member-reader.ts';
import { createExporter, type ExporterPorts } from '../../shared/export/write-export.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { exportedMembers, leadWith } from './exported-leads.ts';
import { parquetTable } from './read-parquet.ts';

const savedAt = '2026-03-01T00:00:00.000Z';
const segment: Segment = {
  ...{ id: 'seg_a', name: 'A', description: '', active: true, match: 'all', rules: [], revision: 1, silent: false },
  ...{ savedInCatalog: 1, savedAt, conditions: [], createdAt: savedAt, updatedAt: savedAt },
};
const queued: ExportJob = {
  ...{ exportId: 'exp_1', segmentId: 'seg_a', fields: ['text'], fileName: 'A.csv', state: 'queued', rows: 0 },
  ...{ createdAt: savedAt, version: 1, parts: [], isRead: false },
};
const message = { kind: 'export', exportId: 'exp_1', attempt: 0 } as const;
/** Text that compression makes no smaller. */
const megabyte = randomBytes(512 * 1024).toString('hex');
const page = exportedMembers([leadWith({ attributes: { text: megabyte } })], { fields: ['text'] });

/** Twelve pages of one member, who takes a megabyte, a bucket that keeps uploads as S3 does, and a record of the job. */
function world() {
  let stored: ExportJob | undefined = queued;
  let catalog: Segment[] = [segment];
  const uploads = new Map<string, Map<number, Uint8Array>>();
  const files = new Map<string, Buffer>();
  const rests = new Map<number, Uint8Array>();
  const nameOf = (rest: Uint8Array | undefined) => rest && createHash('md5').update(rest).digest('hex');
  const ports: ExporterPorts = {
    ...surroundings,
    catalog: {
      current: async () => compileCatalog(1, catalog, { levels: defaultLevels, eventRetentionDays: 400 }),
    },
    jobs: {
      get: async () => stored,
      create: async () => undefined,
      change: async (job, change: ExportChange) => {
        if (stored?.version !== job.version) return undefined;
        stored = { ...job, ...change, version: job.version + 1 } as ExportJob;
        return stored;
      },
    },
    files: {
      begin: async () => {
        const id = `upload-${uploads.size}`;
        uploads.set(id, new Map());
        return id;
      },
      putPart: async (_job, uploadId, number, bytes) => {
        uploads.get(uploadId)!.set(number, bytes);
        return `${uploadId}.${number}.${bytes.length}`;
      },
      complete: async ({ exportId }, uploadId, parts) => {
        const upload = uploads.get(uploadId);
        if (!upload) throw Object.assign(new Error('gone'), { name: 'NoSuchUpload' });
        const isSame = parts.every(
          (part, index) => part === `${uploadId}.${index + 1}.${upload.get(index + 1)?.length}`,
        );
        if (!isSame) throw Object.assign(new Error('another part'), { name: 'InvalidPart' });
        const isSmall = [...upload.values()].slice(0, -1).some(({ length }) => length < 5 * 1024 * 1024);
        if (isSmall) throw Object.assign(new Error('too small'), { name: 'EntityTooSmall' });
        files.set(exportId, Buffer.concat([...upload.values()]));
        uploads.delete(uploadId);
      },
      putRest: async (_exportId, version, bytes) => {
        rests.set(version % 2, bytes);
        return nameOf(bytes)!;
      },
      rest: async (_exportId, version, name) => {
        const rest = rests.get(version % 2);
        return nameOf(rest) === name ? rest : undefined;
      },
      removeRest: async () => rests.clear(),
      exists: async ({ exportId }) => files.has(exportId),
      signedUrl: async () => '',
    },
    readPage: async (_segmentId, _fields, from): Promise<MemberPage> => ({
      members: page,
      ...(from.shard < 11 && { next: { shard: from.shard + 1 } }),
    }),
  };
  return {
    ports,
    files,
    uploads,
    rests,
    job: () => stored!,
    setCatalog: (segments: Segment[]) => {
      catalog = segments;
    },
  };
}
const hasTime = () => false;
/** The last cell of each row of CSV. */
const textsIn = (file: Buffer | undefined) =>
  file
    ?.toString()
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(',').at(-1));
afterEach(() => {
  vi.restoreAllMocks();
});

test('writes the form that was asked for, on every page', async () => {
  const { ports, files } = world();
  const asked: (string | undefined)[] = [];
  await ports.jobs.change(queued, { purpose: 'data' });
  const readPage: ExporterPorts['readPage'] = (segmentId, form, from, isTimeUp) => {
    asked.push(form.purpose);
    return ports.readPage(segmentId, form, from, isTimeUp);
  };
  await createExporter({ ...ports, readPage })(message, () => false);
  expect(files.get('exp_1')?.toString()).toMatch(/^leadId,since,.*,attributeKinds,text\r\n/);
  expect(new Set(asked)).toEqual(new Set(['data']));
});

test('writes every page once, in parts that S3 takes, and is done', async () => {
  const { ports, files, job } = world();
  expect(await createExporter(ports)(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done', rows: 12, finishedAt: expect.any(String) });
  expect(job().parts).toHaveLength(3);
  expect(files.get('exp_1')?.toString()).toMatch(/^\ufeffleadId,since,/);
  expect(textsIn(files.get('exp_1'))).toEqual(Array(12).fill(megabyte));
});

test('goes on where it stopped when its time was up', async () => {
  const { ports, files, job } = world();
  let asked = 0;
  const run = createExporter(ports);
  expect(await run(message, () => asked++ === 1)).toEqual(message);
  expect(job()).toMatchObject({ state: 'running', rows: 5, parts: { length: 1 } });
  expect(await run(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done', rows: 12 });
  expect(files.get('exp_1')?.toString().split('leadId,since').length).toBe(2);
});

test('what was read when time was up before it made a part is kept, and not read again', async () => {
  const { ports, files, rests, job } = world();
  const read: number[] = [];
  const readPage: ExporterPorts['readPage'] = async (segmentId, fields, from, isTimeUp) => {
    if (isTimeUp()) throw new TimeUp();
    read.push(from.shard);
    return ports.readPage(segmentId, fields, from, isTimeUp);
  };
  const run = createExporter({ ...ports, readPage });
  // Time for the look at the beginning, and for two pages.
  const timeForTwo = () => {
    let asked = 0;
    return () => asked++ === 3;
  };
  for (let delivery = 0; delivery < 5; delivery++) expect(await run(message, timeForTwo())).toEqual(message);
  expect(job()).toMatchObject({ state: 'running', rows: 9, parts: { length: 1 }, rest: expect.any(String) });
  expect(await run(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done', rows: 12 });
  expect(textsIn(files.get('exp_1'))).toEqual(Array(12).fill(megabyte));
  expect(read).toEqual([...Array(12).keys()]);
  expect(rests.size).toBe(0);
});

test('keeps nothing of an export that was ended while its rest was on the way', async () => {
  const { ports, rests, job } = world();
  const putRest: ExporterPorts['files']['putRest'] = async (...of) => {
    await ports.jobs.change(job(), { state: 'failed', finishedAt: savedAt });
    return ports.files.putRest(...of);
  };
  let pages = 0;
  const readPage: ExporterPorts['readPage'] = async (...of) => {
    if (pages++ === 3) throw new TimeUp();
    return ports.readPage(...of);
  };
  await createExporter({ ...ports, files: { ...ports.files, putRest }, readPage })(message, hasTime);
  expect(rests.size).toBe(0);
  expect(job()).toMatchObject({ state: 'failed', rows: 0 });
});

test('begins anew when what was kept of a part is gone', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { ports, files, rests, job } = world();
  let pages = 0;
  const readPage: ExporterPorts['readPage'] = async (...of) => {
    if (pages++ === 3) throw new TimeUp();
    return ports.readPage(...of);
  };
  const run = createExporter({ ...ports, readPage });
  expect(await run(message, hasTime)).toEqual(message);
  rests.clear();
  expect(await run(message, hasTime)).toEqual({ ...message, attempt: 1 });
  expect(await run({ ...message, attempt: 1 }, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done', rows: 12 });
  expect(textsIn(files.get('exp_1'))).toEqual(Array(12).fill(megabyte));
});

test('a worker that dies before it has stored what it kept is followed by one that goes on from what was stored', async () => {
  const { ports, files, job } = world();
  let pages = 0;
  const readPage: ExporterPorts['readPage'] = async (...of) => {
    if (pages++ % 3 === 2) throw new TimeUp();
    return ports.readPage(...of);
  };
  const run = createExporter({ ...ports, readPage });
  const died = new Error('died');
  const dying = createExporter({
    ...{ ...ports, readPage, note: () => {} },
    jobs: {
      ...ports.jobs,
      change: async (before, change) => (change.rest ? Promise.reject(died) : ports.jobs.change(before, change)),
    },
  });
  for (let delivery = 0; job().state !== 'done'; delivery++) {
    expect(delivery).toBeLessThan(20);
    await (delivery % 2 === 1 ? dying : run)(message, hasTime);
  }
  expect(textsIn(files.get('exp_1'))).toEqual(Array(12).fill(megabyte));
  expect(job().uploadId).toBe('upload-0');
});

test('what was read is kept every 100,000 members, so that a worker that dies loses no more', async () => {
  const { ports, job } = world();
  const twoHundred = exportedMembers(Array(200).fill(leadWith()), { fields: [] });
  let pages = 0;
  const readPage: ExporterPorts['readPage'] = async (_segmentId, _form, { shard }) => {
    if (pages++ === 550) throw new Error('died');
    return { members: twoHundred, ...(shard < 999 && { next: { shard: shard + 1 } }) };
  };
  await ports.jobs.change(job(), { fields: [] });
  const run = createExporter({ ...ports, readPage, note: () => {} });
  expect(await run(message, hasTime)).toEqual({ ...message, attempt: 1 });
  expect(job()).toMatchObject({ state: 'running', rows: 100_000, from: { shard: 500 } });
  await run({ ...message, attempt: 1 }, hasTime);
  expect(job()).toMatchObject({ state: 'done', rows: 200_000 });
});

test('a Parquet file goes on where it was left off, with parts or between them', async () => {
  const { ports, files, rests, job } = world();
  await ports.jobs.change(job(), { format: 'parquet', purpose: 'data' });
  let pages = 0;
  const readPage: ExporterPorts['readPage'] = async (...of) => {
    if (pages++ % 4 === 3) throw new TimeUp();
    const { next } = await ports.readPage(...of);
    return { members: [{ ...page[0]!, attributes: [`${of[2].shard} ${megabyte}`] }], ...(next && { next }) };
  };
  const run = createExporter({ ...ports, readPage });
  for (let deliveries = 0; job().state !== 'done'; deliveries++) {
    expect(deliveries).toBeLessThan(10);
    await run(message, hasTime);
  }
  const { rows } = parquetTable(files.get('exp_1')!);
  expect(rows.map(({ text }) => text === `${parseInt(text, 10)} ${megabyte}` && parseInt(text, 10))).toEqual([
    ...Array(12).keys(),
  ]);
  expect([job().parts.length, job().rows, rests.size]).toEqual([2, 12, 0]);
});

test('a message that comes again after the end changes nothing; one of an unknown export neither', async () => {
  const { ports, job } = world();
  await createExporter(ports)(message, hasTime);
  const before = job();
  expect(await createExporter(ports)(message, hasTime)).toBeUndefined();
  expect(job()).toBe(before);
  const unknown = { ...ports, jobs: { ...ports.jobs, get: async () => undefined } };
  expect(await createExporter(unknown)(message, hasTime)).toBeUndefined();
});

test('a delivery that finds another one ahead leaves it the work', async () => {
  const { ports, job } = world();
  const begin = ports.files.begin;
  const overtaken = {
    ...ports,
    files: {
      ...ports.files,
      begin: async (of: Pick<ExportJob, 'exportId' | 'fileName'>) => {
        await ports.jobs.change(job(), { state: 'running', uploadId: 'of-the-other' });
        return begin(of);
      },
    },
  };
  expect(await createExporter(overtaken)(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'running', uploadId: 'of-the-other', parts: [] });
});

test('is done when the file was completed by a delivery that died before it said so', async () => {
  const { ports, files, uploads, job } = world();
  await createExporter(ports)(message, hasTime);
  expect(uploads.size).toBe(0);
  await ports.jobs.change(job(), { state: 'running', finishedAt: undefined });
  expect(await createExporter(ports)(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done' });
  expect(files.size).toBe(1);
});

test('begins anew when its parts are not those that were written', async () => {
  vi.spyOn(console, 'error').mockImplementationOnce(() => {});
  const { ports, uploads, job } = world();
  let asked = 0;
  const run = createExporter(ports);
  await run(message, () => asked++ === 1);
  for (const upload of uploads.values()) upload.set(1, Buffer.from('written by another'));
  expect(await run(message, hasTime)).toEqual({ ...message, attempt: 1 });
  expect(job()).toMatchObject({ state: 'running', parts: [], rows: 0, isRead: false });
  expect(await run({ ...message, attempt: 1 }, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'done', rows: 12 });
});

test.each([
  ['deactivated', [{ ...segment, active: false }]],
  ['deleted', []],
])('fails when the segment is %s before all of it was read', async (what, segments) => {
  const { ports, job, setCatalog } = world();
  setCatalog(segments);
  expect(await createExporter(ports)(message, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'failed', reason: expect.stringContaining(what) });
});

test('what goes wrong is tried again, and the third time it is the end', async () => {
  const noted = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { ports, job } = world();
  const broken = { ...ports, readPage: () => Promise.reject(new Error('no lead today')) };
  const run = createExporter(broken);
  expect(await run(message, hasTime)).toEqual({ ...message, attempt: 1 });
  expect(await run({ ...message, attempt: 1 }, hasTime)).toEqual({ ...message, attempt: 2 });
  expect(job().state).toBe('running');
  expect(await run({ ...message, attempt: 2 }, hasTime)).toBeUndefined();
  expect(job()).toMatchObject({ state: 'failed', reason: expect.any(String), finishedAt: expect.any(String) });
  expect(noted).toHaveBeenCalledTimes(3);
});
