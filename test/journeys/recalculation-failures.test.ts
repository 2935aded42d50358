import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import type { BusListener } from './bus-listener.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const long = '2026-01-01T00:00:00.000Z';

const leadKey = (leadId: string) => ({ shard: shardOf(leadId), leadId });

/** Makes a lead's document unreadable, as nothing but a fault could; answers what makes it whole again. */
async function breakLead(leadId: string): Promise<() => Promise<void>> {
  const { dynamodb, file } = running.current;
  const { Item } = await dynamodb.send(new GetCommand({ TableName: file.tables.leads, Key: leadKey(leadId) }));
  const set = async (doc: string) => {
    await dynamodb.send(
      new UpdateCommand({
        TableName: file.tables.leads,
        Key: leadKey(leadId),
        UpdateExpression: 'SET doc = :doc',
        ExpressionAttributeValues: { ':doc': doc },
      }),
    );
  };
  await set('{');
  return () => set(Item!.doc);
}

/** Changes what is stored of a run, as if time had passed, and lets the minute schedule look. */
async function minutesLater(segmentId: string, update: string, values: Record<string, unknown>): Promise<void> {
  const { dynamodb, file } = running.current;
  await dynamodb.send(
    new UpdateCommand({
      TableName: file.tables.segments,
      Key: { pk: 'recalculations', sk: segmentId },
      UpdateExpression: update,
      ExpressionAttributeValues: values,
    }),
  );
  running.current.fire('TendJobs');
  await settle();
}

describe('a recalculation that meets what it cannot read', () => {
  let bus: BusListener;
  let segmentId = '';
  let mend: () => Promise<void>;
  const recalculation = async () => (await api().segment(segmentId)).recalculation;
  const outcomes = async () => (await bus.details('Segment Recalculated')).map((detail) => detail.recalculation);
  const stuck = { shard: shardOf('l1'), reason: expect.stringContaining('JSON') };

  test('says at once why it does not get on', async () => {
    bus = await running.current.listenToBus('outcomes', { source: ['lead-segments'] });
    const leads = ['l1', 'l2', 'l3'].map((leadId) => ({
      leadId,
      occurredAt: new Date().toISOString(),
      attributes: { country: 'DE' },
    }));
    await running.current.send('profileChanges', ...leads);
    await settle();
    mend = await breakLead('l1');
    segmentId = (await api().create({ name: 'German', active: true, rules: [isGerman] })).id;
    await settle();
    expect(await recalculation()).toMatchObject({ state: 'running', done: 2, of: 3, entering: 2, failures: [stuck] });
    expect(await outcomes()).toEqual([]);
  });

  test('is sent again, and after five times without progress it has failed, with the reason and when it is tried again', async () => {
    await minutesLater(segmentId, 'SET queuedAt = :long, startedAt = :long, restarts = :none', {
      ':long': long,
      ':none': 0,
    });
    expect(await recalculation()).toMatchObject({ state: 'running', failures: [stuck] });
    // Progress that was made before counts from its own moment, so it is made as old as the rest.
    const progressed = { pk: `recalculation#${segmentId}` };
    const { dynamodb, file } = running.current;
    for (const sk of shards) {
      if (sk === stuck.shard) continue;
      await dynamodb.send(
        new UpdateCommand({
          TableName: file.tables.segments,
          Key: { ...progressed, sk },
          UpdateExpression: 'SET progressedAt = :long',
          ExpressionAttributeValues: { ':long': long },
        }),
      );
    }
    await minutesLater(segmentId, 'SET queuedAt = :long, restarts = :five', { ':long': long, ':five': 5 });
    const { retryAt, finishedAt, ...ended } = await recalculation();
    expect(ended).toMatchObject({ state: 'failed', done: 2, entering: 2, leaving: 0, failed: 0, failures: [stuck] });
    expect(Date.parse(retryAt) - Date.parse(finishedAt)).toBe(60_000);
    expect(await outcomes()).toEqual([{ state: 'failed', done: 2, entering: 2, leaving: 0, failed: 0 }]);
    const { freshAsOf } = await api().segment(segmentId);
    expect(freshAsOf).toBe(long);
  });

  test('is tried again when its time has come, later each time, without telling the bus of every failure', async () => {
    await minutesLater(segmentId, 'SET retryAt = :long', { ':long': long });
    expect(await recalculation()).toMatchObject({ state: 'running', attempt: 2, failures: [stuck] });
    await minutesLater(segmentId, 'SET queuedAt = :long, restarts = :five', { ':long': long, ':five': 5 });
    const { retryAt, finishedAt, state } = await recalculation();
    expect(state).toBe('failed');
    expect(Date.parse(retryAt) - Date.parse(finishedAt)).toBe(5 * 60_000);
    expect(await outcomes()).toHaveLength(1);
  });

  test('is done once what it met is mended, and says so', async () => {
    await mend();
    await minutesLater(segmentId, 'SET retryAt = :long', { ':long': long });
    const done = await recalculation();
    expect(done).toMatchObject({ state: 'done', attempt: 3, done: 3, of: 3, entering: 3, failed: 0 });
    expect(done).not.toHaveProperty('failures');
    expect(done).not.toHaveProperty('retryAt');
    expect(await outcomes()).toEqual([
      expect.objectContaining({ state: 'failed' }),
      { state: 'done', done: 3, entering: 3, leaving: 0, failed: 0 },
    ]);
    expect(await api().members(segmentId)).toEqual(['l1', 'l2', 'l3']);
  });
});
