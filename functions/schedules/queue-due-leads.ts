import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { queueDepth } from '../../shared/aws/send-messages.ts';
import { setting } from '../../shared/aws/settings.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import {
  createDueCursorStore,
  createDueReader,
  type DueCursors,
  type DueLead,
  dueHorizonMs,
  queueDueLeads,
} from '../../shared/lead/due-lead-store.ts';
import { shards } from '../../shared/lead/shard.ts';

const minuteMs = 60_000;
const leadsPerPage = 1_000;
/** How long (ms) one minute's run queues leads; the next goes on. */
const runMs = 40_000;
/** How far (ms) each run looks back before the one before it: the index may lag behind what workers wrote. */
const overlapMs = 5_000;
/** Overdue leads are queued again at least that often (ms), however busy the queue is. */
const longestBetweenSweepsMs = 10 * minuteMs;

/**
 * The minute schedule of the clock: queues the leads that fall due within two minutes, from where the last run ended,
 * however many they are. Overdue ones, whose message was lost, are queued again: each minute while no message waits, else
 * every ten.
 */
export function createDueLeadsSchedule({ dynamodb, documents, sqs }: Clients = createClients()): () => Promise<void> {
  const readDue = createDueReader(dynamodb, setting('LEADS_TABLE'));
  const cursors = createDueCursorStore(documents, setting('SEGMENTS_TABLE'));
  const queueUrl = setting('DUE_LEADS_QUEUE_URL');

  return async () => {
    const now = Date.now();
    const isTimeUp = () => Date.now() - now > runMs;
    const before = (await cursors.read()) ?? { shards: {}, sweptAt: now };

    /** Queues those of a range that `mayNeed` says; answers the last one if time was up. */
    const queueRange = async (
      shard: string,
      range: { from: number; after?: DueLead | undefined; until: number },
      mayNeed: (lead: DueLead) => boolean = () => true,
    ): Promise<DueLead | undefined> => {
      let { after } = range;
      for (;;) {
        const { due, isLast } = await readDue({ ...range, shard, after }, leadsPerPage);
        await queueDueLeads(sqs, queueUrl, due.filter(mayNeed), now);
        if (isLast) return undefined;
        after = due.at(-1) ?? after;
        if (isTimeUp()) return after;
      }
    };

    const queueNew = async (shard: string): Promise<DueCursors['shards'][string]> => {
      const { dueAt = 0, leadId } = before.shards[shard] ?? {};
      const from = leadId === undefined ? Math.max(0, dueAt - overlapMs) : dueAt;
      const after = leadId === undefined ? undefined : { leadId, dueAt };
      const until = now + dueHorizonMs;
      return (await queueRange(shard, { from, after, until })) ?? { dueAt: until };
    };

    const { waiting } = await queueDepth(sqs, queueUrl);
    const queued = await mapConcurrently(shards, 4, async (shard) => [shard, await queueNew(shard)] as const);
    let sweptAt = before.sweptAt;
    if (waiting === 0 || now - sweptAt >= longestBetweenSweepsMs) {
      const overdue = { from: 0, until: now - minuteMs };
      const unfinished = await mapConcurrently(shards, 4, (shard) =>
        queueRange(shard, overdue, ({ dueAt }) => isToBeQueuedAgain(dueAt, before.sweptAt, now)),
      );
      if (unfinished.every((lead) => lead === undefined)) sweptAt = now;
    }
    await cursors.write({ shards: Object.fromEntries(queued), sweptAt });
  };
}

/**
 * Whether an overdue lead is queued again: one minute, two, four and eight after it fell due, then every ten. Not ever less
 * often: who writes a lead that was due hours ago, and dies, leaves nothing else that tells of it.
 */
function isToBeQueuedAgain(dueAt: number, sweptAt: number, now: number): boolean {
  return timesQueuedAgain(now - dueAt) > timesQueuedAgain(sweptAt - dueAt);
}

function timesQueuedAgain(overdueMs: number): number {
  const minutes = overdueMs / minuteMs;
  if (minutes < 1) return 0;
  return minutes < 10 ? 1 + Math.floor(Math.log2(minutes)) : 4 + Math.floor(minutes / 10);
}

/** Wakes each minute: queues the leads that fall due within two minutes. */
export const handler = createDueLeadsSchedule();
