import type { QueueDepth } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { type ChangeQueue, changeQueues } from './change-queues.ts';
import type { FanOutStore, PendingFanOut } from './fan-out-store.ts';
import type { FreshnessStore, QueueNotes } from './freshness-store.ts';
import { jobQueues, queueSetting } from './job-queues.ts';
import { unprocessedSince } from './queue-age.ts';

/** A queue that functions send each other, as `GET /health` shows it. */
interface InnerQueueHealth {
  /** Messages not processed yet; those that are to wait are left out. */
  readonly waiting: number;
  readonly deadLetters: number;
}

/** A change queue as `GET /health` shows it. */
interface QueueHealth extends InnerQueueHealth {
  /** At most this old is the oldest unprocessed change; 0 when there is none. */
  readonly oldestUnprocessedSeconds: number;
}

/** How everything is doing. */
interface Health {
  /** `late`: changes wait for more than five minutes; `degraded`: messages or events could not be handled. */
  readonly status: 'ok' | 'degraded' | 'late';
  /** ISO date-time up to which every change sent is processed. */
  readonly freshAsOf: string;
  readonly queues: Readonly<Record<ChangeQueue, QueueHealth>>;
  readonly innerQueues: Readonly<Record<InnerQueue, InnerQueueHealth>>;
  /** Events that the bus refused. */
  readonly parkedEvents: number;
  /** Batches of a stream that could not be handled. */
  readonly failedBatches: number;
}

const innerQueues = [...jobQueues, 'dueLeads', 'imports'] as const;
type InnerQueue = (typeof innerQueues)[number];

const rememberedMs = 2_000;
const lateSeconds = 300;
/** How often (ms) at most it is stored that a queue is empty. */
const noteEmptyEveryMs = 30_000;
/** SQS counts messages within a minute (ms): what came since then may be missing in a count. */
const countLagMs = 60_000;

/** What tells how queues are doing. */
interface QueueHealthPorts extends Pick<Surroundings, 'now' | 'note'> {
  /** The depth of the queue with that name, as settings have it: `LEAD_EVENTS`. */
  readonly depthOf: (name: string) => Promise<QueueDepth>;
  readonly notes: FreshnessStore;
  readonly fanOuts: Pick<FanOutStore, 'all'>;
}

/** Reads how queues are doing, from SQS and from what workers noted; remembered for two seconds. */
export function createQueueHealth({ depthOf, notes: store, fanOuts, now, note }: QueueHealthPorts) {
  const emptyAt = new Map<ChangeQueue, number>();

  /** Remembers that a queue was empty, for the next to ask as well. */
  const noteEmpty = async (queue: ChangeQueue, at: number, stored: number | undefined): Promise<void> => {
    emptyAt.set(queue, at);
    if (stored !== undefined && at - stored < noteEmptyEveryMs) return;
    try {
      await store.noteEmpty(queue, at);
    } catch (error) {
      note(`It could not be noted that ${queue} is empty`, error);
    }
  };

  const changeQueueHealth = async (queue: ChangeQueue, noted: QueueNotes): Promise<QueueHealth> => {
    const askedAt = now();
    const [depth, dead] = await Promise.all([
      depthOf(queueSetting(queue)),
      depthOf(`${queueSetting(queue)}_DEAD_LETTERS`),
    ]);
    if (total(depth) === 0) await noteEmpty(queue, askedAt - countLagMs, noted.emptyAt);
    const knownEmptyAt = Math.max(
      emptyAt.get(queue) ?? Number.NEGATIVE_INFINITY,
      noted.emptyAt ?? Number.NEGATIVE_INFINITY,
    );
    const since = unprocessedSince(
      {
        depth,
        notes: noted.notes,
        createdAt: depth.createdAt,
        ...(Number.isFinite(knownEmptyAt) && { emptyAt: knownEmptyAt }),
      },
      askedAt,
    );
    return {
      waiting: total(depth),
      deadLetters: total(dead),
      oldestUnprocessedSeconds: secondsSince(since, askedAt),
    };
  };

  const readQueues = async (): Promise<Record<ChangeQueue, QueueHealth>> => {
    const noted = await store.read();
    const entries = changeQueues.map(async (queue) => {
      // After the queue: a change that is not in it any more has noted what it leaves to do.
      const health = await changeQueueHealth(queue, noted[queue]);
      return [queue, queue === 'accountChanges' ? withFanOuts(health, await fanOuts.all(), now()) : health] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<ChangeQueue, QueueHealth>;
  };

  const readInner = async () => {
    const entries = innerQueues.map(async (queue) => {
      const [depth, dead] = await Promise.all([
        depthOf(queueSetting(queue)),
        depthOf(`${queueSetting(queue)}_DEAD_LETTERS`),
      ]);
      return [queue, { waiting: depth.waiting + depth.inFlight, deadLetters: total(dead) }] as const;
    });
    const [parkedEvents, failedBatches] = (
      await Promise.all([depthOf('BUS_DEAD_LETTERS'), depthOf('STREAM_DEAD_LETTERS')])
    ).map(total) as [number, number];
    const byName = Object.fromEntries(await Promise.all(entries)) as Record<InnerQueue, InnerQueueHealth>;
    return { innerQueues: byName, parkedEvents, failedBatches };
  };

  const queues = remembered(readQueues, now);
  const inner = remembered(readInner, now);
  const oldestSeconds = (read: Record<ChangeQueue, QueueHealth>) =>
    Math.max(...Object.values(read).map(({ oldestUnprocessedSeconds }) => oldestUnprocessedSeconds));
  /** What came since it was asked is not known of. */
  const freshAt = ({ askedAt, answer }: Remembered<Record<ChangeQueue, QueueHealth>>) =>
    new Date(askedAt - oldestSeconds(answer) * 1000).toISOString();

  return {
    /** ISO date-time up to which every change sent is processed. */
    freshAsOf: async (): Promise<string> => freshAt(await queues()),
    health: async (): Promise<Health> => {
      const [asked, { answer: rest }] = await Promise.all([queues(), inner()]);
      const read = asked.answer;
      const oldest = oldestSeconds(read);
      const dead = [...Object.values(read), ...Object.values(rest.innerQueues)].some((queue) => queue.deadLetters > 0);
      const isDegraded = dead || rest.parkedEvents > 0 || rest.failedBatches > 0;
      const status = oldest > lateSeconds ? 'late' : isDegraded ? 'degraded' : 'ok';
      return { status, freshAsOf: freshAt(asked), queues: read, ...rest };
    },
  };
}

/** A change of an account is processed when its leads are. */
function withFanOuts(health: QueueHealth, fanOuts: readonly PendingFanOut[], now: number): QueueHealth {
  const oldest = Math.max(0, ...fanOuts.map(({ since }) => secondsSince(since, now)));
  return { ...health, oldestUnprocessedSeconds: Math.max(health.oldestUnprocessedSeconds, oldest) };
}

function secondsSince(since: number | undefined, now: number): number {
  return since === undefined ? 0 : Math.max(0, Math.ceil((now - since) / 1000));
}

function total({ waiting, inFlight, delayed }: QueueDepth): number {
  return waiting + inFlight + delayed;
}

/** An answer, and when (epoch ms) it was asked for. */
interface Remembered<T> {
  readonly askedAt: number;
  readonly answer: T;
}

/** Asks again only after two seconds; a failure is not kept. */
function remembered<T>(read: () => Promise<T>, now: () => number): () => Promise<Remembered<T>> {
  let last: { readonly askedAt: number; readonly answer: Promise<T> } | undefined;
  return async () => {
    const askedAt = now();
    if (!last || askedAt - last.askedAt > rememberedMs) last = { askedAt, answer: read() };
    const entry = last;
    try {
      return { askedAt: entry.askedAt, answer: await entry.answer };
    } catch (error) {
      if (last === entry) last = undefined;
      throw error;
    }
  };
}
