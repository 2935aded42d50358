import type { SQSRecord } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFreshnessNotes } from '../../functions/queues/freshness-notes.ts';
import { createQueueWorker, type QueueFunction } from '../../functions/queues/queue-frame.ts';
import { queueDepth, sendMessages } from '../../shared/aws/send-messages.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { createFanOutStore, newFanOutNoteId, tidyFanOuts } from '../../shared/freshness/fan-out-store.ts';
import { createFreshnessStore } from '../../shared/freshness/freshness-store.ts';
import { unprocessedSince } from '../../shared/freshness/queue-age.ts';
import { createQueueHealth } from '../../shared/freshness/queue-health.ts';
import { WorkerFreshness } from '../../shared/freshness/worker-freshness.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const second = 1_000;
const visibilityMs = 360 * second;
/** A message sent at that second, delivered so many times. */
const record = (messageId: string, sentAt: number, deliveries = 1) =>
  ({
    messageId,
    attributes: { SentTimestamp: String(sentAt * second), ApproximateReceiveCount: String(deliveries) },
  }) as SQSRecord;
const records = (count: number, sentAt: number) =>
  Array.from({ length: count }, (_, index) => record(`m${sentAt}-${index}`, sentAt));
const none: ReadonlySet<string> = new Set();

describe('a worker notes', () => {
  test('what it holds before it works on it, and that it holds nothing after', () => {
    const worker = new WorkerFreshness(visibilityMs);
    expect(worker.begin([record('a', 90), record('b', 95)], 100 * second)).toEqual({
      oldestHeldSentAt: 90 * second,
      heldUntil: 100 * second + visibilityMs + 60 * second,
      receivedSince: 90 * second,
      notedAt: 100 * second,
    });
    expect(worker.end([record('a', 90), record('b', 95)], none, 101 * second)).toEqual({
      receivedSince: 90 * second,
      notedAt: 101 * second,
    });
  });

  test('of a batch that is not full, after it, too: it may be the last for long', () => {
    const worker = new WorkerFreshness(visibilityMs);
    worker.begin(records(99, 100), 101 * second);
    const note = worker.end(records(99, 100), none, 101.5 * second);
    expect(note).toMatchObject({ notedAt: 101.5 * second });
    expect(note).not.toHaveProperty('oldestHeldSentAt');
  });

  test('full batches, one after another, once every two seconds', () => {
    const worker = new WorkerFreshness(visibilityMs);
    let notes = 0;
    for (let ms = 0; ms < 10_000; ms += 200) {
      const batch = records(100, 100 + ms / second);
      if (worker.begin(batch, 101 * second + ms)) notes++;
      if (worker.end(batch, none, 101 * second + ms + 100)) notes++;
    }
    expect(notes).toBeLessThanOrEqual(6);
  });

  test('at once when a batch has an older message than it told of', () => {
    const worker = new WorkerFreshness(visibilityMs);
    worker.begin(records(100, 100), 101 * second);
    worker.end(records(100, 100), none, 101.1 * second);
    const note = worker.begin([record('old', 40, 2), ...records(99, 101)], 101.2 * second);
    expect(note).toMatchObject({ oldestHeldSentAt: 40 * second, receivedSince: 101 * second });
  });

  test('what it failed until that must have been delivered again, or it sees it again itself', () => {
    const worker = new WorkerFreshness(visibilityMs);
    const [bad, good] = [record('bad', 50), record('good', 99)];
    worker.begin([bad, good], 100 * second);
    expect(worker.end([bad, good], new Set(['bad']), 101 * second)).toMatchObject({ oldestHeldSentAt: 50 * second });
    expect(worker.begin([record('c', 110)], 111 * second)).toMatchObject({ oldestHeldSentAt: 50 * second });
    expect(worker.end([record('c', 110)], none, 114 * second)).toMatchObject({ oldestHeldSentAt: 50 * second });
    worker.begin([record('bad', 50, 2)], 115 * second);
    expect(worker.end([record('bad', 50, 2)], none, 116 * second)).not.toHaveProperty('oldestHeldSentAt');
    worker.end([record('lost', 60)], new Set(['lost']), 120 * second);
    const later = 120 * second + visibilityMs + 60 * second;
    expect(worker.end([record('d', 500)], none, later - 1)).toMatchObject({ oldestHeldSentAt: 60 * second });
    expect(worker.end([record('e', 501)], none, later + 3 * second)).not.toHaveProperty('oldestHeldSentAt');
  });
});

describe('every unprocessed message was sent since', () => {
  const depth = { waiting: 1, inFlight: 0, delayed: 0, createdAt: 0 };
  const note = (notedAt: number, receivedSince: number, held?: number, heldUntil = 9_999) => ({
    notedAt: notedAt * second,
    receivedSince: receivedSince * second,
    ...(held !== undefined && { oldestHeldSentAt: held * second, heldUntil: heldUntil * second }),
  });
  test.each<[string, Parameters<typeof unprocessedSince>[0], number | undefined]>([
    [
      'nothing, when nothing waits',
      { depth: { ...depth, waiting: 0 }, notes: [note(90, 80, 10)], createdAt: 0 },
      undefined,
    ],
    ['the queue was made, when nothing is known', { depth, notes: [], createdAt: 7 * second }, 7],
    ['it was empty, when nothing came since', { depth, notes: [], createdAt: 0, emptyAt: 60 * second }, 60],
    [
      'the oldest that was lately received',
      { depth, notes: [note(90, 88), note(89, 80), note(50, 40)], createdAt: 0 },
      80,
    ],
    ['it was empty after that', { depth, notes: [note(50, 40)], createdAt: 0, emptyAt: 70 * second }, 70],
    ['the oldest a worker holds', { depth, notes: [note(90, 88, 30), note(89, 87)], createdAt: 0 }, 30],
    ['one that died held it', { depth, notes: [note(90, 88), note(20, 10, 9)], createdAt: 0, emptyAt: 70 * second }, 9],
    [
      'what is received, once the dead one’s must have come again',
      { depth, notes: [note(90, 88), note(20, 10, 9, 99)], createdAt: 0 },
      88,
    ],
  ])('%s', (_, knowledge, expected) => {
    expect(unprocessedSince(knowledge, 100 * second)).toBe(expected === undefined ? undefined : expected * second);
  });
});

describe('health', () => {
  const room = useWorkerRoom();
  const body = { leadId: 'l1', occurredAt: '2026-03-10T11:00:00Z' };
  let isBroken = false;
  let worker: QueueFunction;
  let fanOuts: ReturnType<typeof createFanOutStore>;
  const healthNow = () =>
    createQueueHealth({
      ...surroundings,
      depthOf: (name) => queueDepth(room.clients.sqs, process.env[`${name}_QUEUE_URL`]!),
      notes: createFreshnessStore(room.clients.documents, 'Segments'),
      fanOuts,
    }).health();
  const send = (queue: string) =>
    sendMessages(room.clients.sqs, process.env[`${queue}_QUEUE_URL`]!, [{ body: JSON.stringify(body) }]);

  beforeAll(() => {
    fanOuts = createFanOutStore(room.clients, 'Segments');
    worker = createQueueWorker(
      room.clients,
      async ({ Records }) => ({
        refused: [],
        failed: new Map(isBroken ? Records.map(({ messageId }) => [messageId, 'broken']) : []),
      }),
      createFreshnessNotes(room.clients.documents, 'Segments', 'levelChanges'),
    );
  });
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue();
  });

  test('is ok while nothing waits', async () => {
    const health = await healthNow();
    expect(health).toMatchObject({
      status: 'ok',
      queues: { levelChanges: { waiting: 0, deadLetters: 0, oldestUnprocessedSeconds: 0 } },
      innerQueues: Object.fromEntries(
        ['promptJobs', 'jobs', 'backgroundJobs', 'dueLeads', 'imports'].map((name) => [
          name,
          { waiting: 0, deadLetters: 0 },
        ]),
      ),
      parkedEvents: 0,
      failedBatches: 0,
    });
  });

  test('is late while leads of a changed account are to be evaluated, until no message of theirs is left', async () => {
    const since = Date.now() - 400 * second;
    const noteIds = [newFanOutNoteId(), newFanOutNoteId()];
    await fanOuts.add(
      noteIds.map((noteId) => ({ noteId, since })),
      since,
    );
    await fanOuts.remove(noteIds[0]!);
    const late = await healthNow();
    expect(late.status).toBe('late');
    expect(late.queues.accountChanges).toMatchObject({ waiting: 0 });
    expect(Date.parse(late.freshAsOf)).toBeLessThanOrEqual(since);

    const minute = 60 * second;
    await tidyFanOuts(fanOuts, async () => true, since + 14 * minute);
    await tidyFanOuts(fanOuts, async () => false, since + 16 * minute);
    expect(await fanOuts.all()).toHaveLength(1);
    await tidyFanOuts(fanOuts, async () => true, since + 16 * minute);
    expect((await healthNow()).status).toBe('ok');
  });

  test('is late while a message is stuck, however many newer ones get through', async () => {
    await send('LEVEL_CHANGES');
    isBroken = true;
    const stuckSince = Date.now() - 400 * second;
    expect(await room.deliver(worker, [body], { sentAt: stuckSince })).toEqual([0]);
    isBroken = false;
    for (let index = 0; index < 3; index++) expect(await room.deliver(worker, [body])).toEqual([]);
    const health = await healthNow();
    expect(health.status).toBe('late');
    expect(health.queues.levelChanges.oldestUnprocessedSeconds).toBeGreaterThanOrEqual(400);
    expect(Date.parse(health.freshAsOf)).toBeLessThanOrEqual(stuckSince + second);
    expect(health.queues.profileChanges.oldestUnprocessedSeconds).toBe(0);
  });

  test('is degraded, not late, once the message is among the dead letters', async () => {
    await room.take('LEVEL_CHANGES');
    await send('LEVEL_CHANGES_DEAD_LETTERS');
    expect(await healthNow()).toMatchObject({ status: 'degraded', queues: { levelChanges: { deadLetters: 1 } } });
    await room.take('LEVEL_CHANGES_DEAD_LETTERS');
  });

  test('is degraded while there are dead letters of the bus, or of streams', async () => {
    await send('BUS_DEAD_LETTERS');
    expect(await healthNow()).toMatchObject({ status: 'degraded', parkedEvents: 1 });
    await room.take('BUS_DEAD_LETTERS');
    await send('STREAM_DEAD_LETTERS');
    expect(await healthNow()).toMatchObject({ status: 'degraded', parkedEvents: 0, failedBatches: 1 });
  });
});
