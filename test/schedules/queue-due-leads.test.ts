import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDueLeadsSchedule } from '../../functions/schedules/queue-due-leads.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { createLeadStore } from '../../shared/lead/lead-store.ts';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { createLoneCloud } from '../races/lone-clients.ts';
import { settings } from '../races/store/cloud.ts';

const minuteMs = 60_000;
const startsAt = Date.parse('2026-03-10T12:00:00Z');
const own = Object.fromEntries(Object.keys(settings).map((name) => [name, process.env[name]]));
beforeAll(() => {
  Object.assign(process.env, settings);
  vi.useFakeTimers({ toFake: ['Date'], now: startsAt });
});
afterAll(() => {
  vi.useRealTimers();
  for (const [name, value] of Object.entries(own)) vi.stubEnv(name, value);
});

interface Due {
  readonly leadId: string;
  readonly dueAt: number;
}

/** Leads that fell or fall due, with nobody's message on its way. */
async function cloudWith(leads: readonly Due[]) {
  const { clients, cloud, setNow } = createLoneCloud();
  const store = createLeadStore(clients.dynamodb, 'Leads', createKeyedHash('key'));
  const write = (due: readonly Due[]) =>
    store.write(
      due.map(({ leadId, dueAt }) => {
        const before = unknownLead(leadId);
        const after = { ...before, version: 1, evaluatedAt: startsAt - 86_400_000, dueAt };
        return { before, after, outbox: { transitions: [] } };
      }),
    );
  await write(leads);
  const queue = cloud.queue('due-leads');
  const tick = createDueLeadsSchedule(clients);
  /** The leads that the schedule queues in a minute; their messages are lost. */
  const queuedIn = async (minute: number): Promise<string[]> => {
    vi.setSystemTime(startsAt + minute * minuteMs);
    setNow(Date.now());
    const known = new Set(queue.messages.map(({ id }) => id));
    await tick();
    const news = queue.messages.filter(({ id }) => !known.has(id));
    queue.remove(new Set(news.map(({ id }) => id)));
    return news.flatMap(({ body }) => JSON.parse(body).leadIds);
  };
  return {
    clients,
    queuedIn,
    write,
    keepBusy: () => queue.send(JSON.stringify({ dueAt: startsAt, leadIds: ['another'] }), startsAt),
    /** The minutes in which anything is queued, of so many. */
    minutesQueued: async (minutes: number) => {
      const queued: number[] = [];
      for (let minute = 0; minute < minutes; minute++) {
        if ((await queuedIn(minute)).length > 0) queued.push(minute);
      }
      return queued;
    },
  };
}

test('a lead that falls due within two minutes is queued once, though the queue is never empty', async () => {
  const { minutesQueued, keepBusy } = await cloudWith([{ leadId: 'soon', dueAt: startsAt + 150_000 }]);
  keepBusy();
  expect(await minutesQueued(5)).toEqual([1]);
});

test('an overdue lead whose message was lost is queued again, at last every ten minutes', async () => {
  const { minutesQueued } = await cloudWith([{ leadId: 'lost', dueAt: startsAt - 30_000 }]);
  expect(await minutesQueued(25)).toEqual([0, 1, 2, 4, 8, 10, 20]);
});

test('also though the queue is never empty', async () => {
  const { minutesQueued, keepBusy } = await cloudWith([{ leadId: 'lost', dueAt: startsAt - 30_000 }]);
  keepBusy();
  expect(await minutesQueued(35)).toEqual([0, 10, 20, 30]);
});

/** Ids of one shard, sorted. */
function leadsOfOneShard(count: number): string[] {
  const ids = Array.from({ length: 6 * count }, (_, index) => `lead-${String(index).padStart(5, '0')}`);
  const ofShard = ids.filter((leadId) => shardOf(leadId) === shards[0]).slice(0, count);
  expect(ofShard).toHaveLength(count);
  return ofShard;
}

test('a lead that was written when it was due for hours, by somebody who died then, is queued within minutes', async () => {
  const { minutesQueued, write } = await cloudWith([]);
  expect(await minutesQueued(2)).toEqual([]);
  await write([{ leadId: 'late', dueAt: startsAt - 12 * 3_600_000 - 90_000 }]);
  expect(await minutesQueued(13)).not.toEqual([]);
});

test('leads that fall due at one moment are all queued, however many they are and however busy the queue is', async () => {
  const midnight = startsAt + minuteMs;
  const leadIds = leadsOfOneShard(6_000);
  const { queuedIn, keepBusy } = await cloudWith(leadIds.map((leadId) => ({ leadId, dueAt: midnight })));
  keepBusy();
  expect((await queuedIn(0)).sort()).toEqual(leadIds);
  expect(await queuedIn(1)).toEqual([]);
});

test('a run whose time is up goes on in the next minute where it was, and leaves out nobody', async () => {
  const midnight = startsAt + minuteMs;
  const leadIds = leadsOfOneShard(2_500);
  const { clients, queuedIn, keepBusy } = await cloudWith(leadIds.map((leadId) => ({ leadId, dueAt: midnight })));
  keepBusy();
  // Each page takes as long as a run.
  const send = clients.dynamodb.send.bind(clients.dynamodb);
  vi.spyOn(clients.dynamodb, 'send').mockImplementation(async (...call: Parameters<typeof send>) => {
    vi.setSystemTime(Date.now() + 41_000);
    return send(...call);
  });
  const minutes = [await queuedIn(0), await queuedIn(1), await queuedIn(2)];
  expect(minutes.map((queued) => queued.length)).toEqual([1_000, 1_000, 500]);
  expect(minutes.flat().sort()).toEqual(leadIds);
});
