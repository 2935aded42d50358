import { PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createLeadStores } from '../../functions/lead-stores.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { createCleanUpSchedule } from '../../functions/schedules/tend-jobs.ts';
import {
  cleanUpKey,
  cleanUpsPartition,
  progressPartition,
  revisionsPartition,
} from '../../shared/aws/segments-keys.ts';
import { putItems } from '../../shared/aws/write-items.ts';
import { shards } from '../../shared/lead/shard.ts';
import { countKey, dayKey, excludedKey, lanes, memberKey } from '../../shared/projection/row-keys.ts';
import { firstSweep } from '../../shared/segment/clean-up.ts';
import { createCleanUpShardStore } from '../../shared/segment/clean-up-shard-store.ts';
import { cleanUpItem, createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const room = useWorkerRoom();
const [gone, kept] = ['seg_GONE', 'seg_KEPT'];
const leadIds = Array.from({ length: 200 }, (_, index) => `lead-${index}`);
let worker: QueueFunction;

const store = () => createCleanUpStore(room.clients.documents, 'Segments');
const messages = (segmentId: string, sweep: number) =>
  shards.map((shard) => ({ kind: 'clean_up', segmentId, sweep, shard }));

async function rowsOf(table: string): Promise<string[]> {
  const rows: string[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await room.clients.documents.send(new ScanCommand({ TableName: table, ExclusiveStartKey }));
    rows.push(...(page.Items ?? []).map(({ pk, sk }) => `${pk} ${sk}`));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
}
const left = async (segmentId: string) =>
  [...(await rowsOf('Memberships')), ...(await rowsOf('Segments'))].filter(
    (row) => row.includes(segmentId) && !row.startsWith(cleanUpsPartition),
  );

beforeAll(async () => {
  worker = createJobWorker(createLeadStores(room.clients));
  const { dynamodb } = room.clients;
  for (const segmentId of [gone, kept]) {
    const day = '2026-03-10';
    await putItems(dynamodb, 'Memberships', [
      ...leadIds.map((leadId) => memberKey(segmentId, leadId)),
      excludedKey(segmentId, 'lead-0'),
      ...lanes.flatMap((lane) => [countKey(segmentId, lane), dayKey(segmentId, lane, day)]),
    ]);
    await putItems(dynamodb, 'Segments', [
      ...['1', '2'].map((sk) => ({ pk: { S: revisionsPartition(segmentId) }, sk: { S: sk } })),
      ...shards.map((shard) => ({ pk: { S: progressPartition(segmentId) }, sk: { S: shard } })),
    ]);
  }
});

describe('what is left of a deleted segment', () => {
  const wholeSegment = leadIds.length + 1 + 2 * lanes.length + 2 + shards.length;

  test('is all there at first; messages without a deletion remove nothing', async () => {
    expect(await room.deliver(worker, messages(kept, 1))).toEqual([]);
    expect(await left(gone)).toHaveLength(wholeSegment);
    expect(await left(kept)).toHaveLength(wholeSegment);
  });

  test('is queued by the schedule, a message a shard, and not again at once', async () => {
    const { documents } = room.clients;
    const Item = cleanUpItem(firstSweep(gone, Date.now()));
    await documents.send(new PutCommand({ TableName: 'Segments', Item }));
    const schedule = createCleanUpSchedule(room.clients);
    await schedule();
    const queued = (await room.take('BACKGROUND_JOBS')).map(({ body }) => JSON.parse(body));
    expect(queued).toHaveLength(shards.length);
    expect(queued).toEqual(expect.arrayContaining(messages(gone, 1)));
    await schedule();
    expect(await room.take('BACKGROUND_JOBS')).toEqual([]);
  });

  test('is removed as far as time allows, and then the rest', async () => {
    const { dynamodb } = room.clients;
    const tables = { segments: 'Segments', memberships: 'Memberships' };
    const cleanUp = createCleanUpShardStore(dynamodb, store(), tables);
    const message = { kind: 'clean_up', segmentId: gone, sweep: 1, shard: '00' } as const;
    let steps = 0;
    expect(await cleanUp(message, () => ++steps > 1)).toEqual({ isFinished: false });
    expect((await store().get(gone))?.done).toEqual({});
    expect(await room.deliver(worker, messages(gone, 1))).toEqual([]);
    expect(await left(gone)).toEqual([]);
    expect(await left(kept)).toHaveLength(wholeSegment);
  });

  test('is swept once more when no late write can come any more', async () => {
    const second = await store().get(gone);
    expect(second).toMatchObject({ sweep: 2, done: {} });
    expect(Date.parse(second!.dueAt) - Date.now()).toBeGreaterThan(24 * 3_600_000);
    await createCleanUpSchedule(room.clients)();
    expect(await room.take('BACKGROUND_JOBS')).toEqual([]);

    await putItems(room.clients.dynamodb, 'Memberships', [memberKey(gone, 'late'), countKey(gone, '7')]);
    expect(await room.deliver(worker, messages(gone, 1))).toEqual([]);
    expect(await left(gone)).toHaveLength(2);

    await room.clients.documents.send(
      new UpdateCommand({
        TableName: 'Segments',
        Key: cleanUpKey(gone),
        UpdateExpression: 'SET dueAt = :now',
        ExpressionAttributeValues: { ':now': new Date().toISOString() },
      }),
    );
    await createCleanUpSchedule(room.clients)();
    const queued = (await room.take('BACKGROUND_JOBS')).map(({ body }) => JSON.parse(body));
    expect(await room.deliver(worker, queued)).toEqual([]);
    expect(await left(gone)).toEqual([]);
    expect(await store().all()).toEqual([]);
    expect(await left(kept)).toHaveLength(wholeSegment);
  });
});
