import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createLeadStores, leadStoreNames } from '../../functions/lead-stores.ts';
import { type S3, startS3 } from '../../local/aws/s3.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import type { SegmentContent } from '../../shared/catalog/segment.ts';
import { planCreate, planDelete } from '../../shared/segment/save-segment.ts';
import { storeLevels } from '../../shared/vocabulary/level-store.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const room = useWorkerRoom();
const directory = mkdtempSync(join(tmpdir(), 'snapshots-'));
const bucket = 'catalog-snapshots';
let server: S3;
let s3: S3Client;

beforeAll(async () => {
  server = await startS3(directory, [bucket], { what: 'S3', flag: '', port: 0 });
  process.env.AWS_ENDPOINT_URL_S3 = server.url;
  s3 = createS3Client();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  s3.destroy();
  await server.stop();
  rmSync(directory, { recursive: true });
});

const storesOf = (client: S3Client) => createLeadStores(room.clients, leadStoreNames(), client);
const files = () => readdirSync(join(directory, bucket));
const contentOf = (name: string): SegmentContent => ({
  ...{ name, description: '', active: true, match: 'all' },
  rules: [{ type: 'engagement_level', operator: 'at_least', value: 'Hot' }],
});

/** Saves as the API does, but for the recalculation. */
async function create(...names: readonly string[]): Promise<string[]> {
  const { catalog, segments } = storesOf(s3);
  const ids: string[] = [];
  for (const name of names) {
    const { version: catalogVersion, known } = await catalog.current();
    const now = new Date().toISOString();
    const plan = planCreate(contentOf(name), { ...surroundings, catalogVersion, known, now, author: 'test' });
    await segments.save(plan, undefined);
    ids.push(plan.after!.id);
  }
  return ids;
}

async function remove(segmentId: string): Promise<void> {
  const { catalog, segments } = storesOf(s3);
  const { version: catalogVersion, known } = await catalog.current();
  const now = new Date().toISOString();
  const plan = planDelete(known.get(segmentId)!, { ...surroundings, catalogVersion, known, now, author: 'test' });
  await segments.save(plan, undefined);
}

async function setLevels(names: readonly string[]): Promise<void> {
  const { version } = await storesOf(s3).catalog.current();
  const save = { savedInCatalog: version + 1, savedAt: new Date().toISOString() };
  await storeLevels(room.clients.documents, 'Segments', 'engagement', names, save);
}

async function takeSnapshot(minutesLater = 0): Promise<void> {
  // Loaded late: it reads its settings when it is.
  const { createCatalogSchedule } = await import('../../functions/schedules/tend-jobs.ts');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutesLater * 60_000 });
  try {
    await createCatalogSchedule(room.clients, s3).takeSnapshot();
  } finally {
    vi.useRealTimers();
  }
}

/** What a function that starts finds, and the calls that it makes for it. */
async function start(client = s3) {
  const calls: string[] = [];
  type Stack = S3Client['middlewareStack'];
  const stacks = [room.clients.dynamodb.middlewareStack as unknown as Stack, client.middlewareStack];
  for (const stack of stacks) {
    stack.add(
      (next, context) => (args) => {
        calls.push(String(context.commandName).replace(/Command$/, ''));
        return next(args);
      },
      { step: 'finalizeRequest', name: 'noteCalls', override: true },
    );
  }
  try {
    const { version, known, active, context } = await storesOf(client).catalog.current();
    const names = [...known.values()].map(({ name }) => name).sort();
    const saves = [...active.values()].map(({ lastSave }) => lastSave.savedInCatalog);
    return { calls: calls.sort(), found: { version, names, saves: saves.sort(), levels: context.levels } };
  } finally {
    for (const stack of stacks) stack.remove('noteCalls');
  }
}

test('a function that starts reads two things: the snapshot and the log since', async () => {
  const [first] = await create('A', 'B', 'C');
  const { found: before, calls: without } = await start();
  expect(without).toEqual(['GetItem', 'GetItem', 'Query', 'Query']);
  await takeSnapshot();
  expect(files()).toHaveLength(1);
  // It asks for the catalog's version before and after, as whoever evaluates leads does each time.
  expect(await start()).toEqual({ calls: ['GetItem', 'GetItem', 'GetObject'], found: before });

  await remove(first!);
  const since = await start();
  expect(since.calls).toEqual(['BatchGetItem', 'GetItem', 'GetItem', 'GetObject', 'Query']);
  expect(since.found.names).toEqual(['B', 'C']);

  await setLevels(['Cold', 'Hot']);
  const { found } = await start();
  expect(found).toMatchObject({
    version: 5,
    names: ['B', 'C'],
    saves: [5, 5],
    levels: { engagement: ['Cold', 'Hot'] },
  });
  await takeSnapshot(10);
  expect(files()).toHaveLength(1);
  expect(await start()).toEqual({ calls: ['GetItem', 'GetItem', 'GetObject'], found });
});

test('where there is no S3, or no such file, all is read and people are told', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { found } = await start();
  await server.stop();
  const nobody = createS3Client();
  const { calls, found: withoutS3 } = await start(nobody);
  nobody.destroy();
  server = await startS3(mkdtempSync(join(directory, 'empty-')), [bucket], { what: 'S3', flag: '', port: server.port });
  const { found: withoutFile } = await start();
  expect([withoutS3, withoutFile]).toEqual([found, found]);
  expect(calls.filter((call) => call === 'Query')).toHaveLength(2);
  expect(told.mock.calls.map(([what]) => what)).toEqual(
    Array.from({ length: 2 }, () => 'The snapshot of the catalog cannot be used; all segments are read'),
  );
});
