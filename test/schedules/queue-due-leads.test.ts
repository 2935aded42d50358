import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDueLeadsSchedule } from '../../functions/schedules/queue-due-leads.ts';
import { Chance } from '../../oracle/chance.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { createLeadStore } from '../../shared/lead/lead-store.ts';
import { createSimulatedClients } from '../races/clients.ts';
import { Actor, Scheduler } from '../races/scheduler.ts';
import { Cloud, settings } from '../races/store/cloud.ts';

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

/** A lead of that name that fell or falls due then, with nobody's message on its way. */
async function cloudWithLead(leadId: string, dueAt: number) {
  let cloud: Cloud | undefined;
  const actor = new Actor('schedule');
  actor.isSwift = true;
  const scheduler = new Scheduler(new Chance(1), startsAt, (now) => (cloud = new Cloud(now)), false);
  const clients = createSimulatedClients(scheduler, actor);
  const before = unknownLead(leadId);
  const after = { ...before, version: 1, evaluatedAt: startsAt - 86_400_000, dueAt };
  await createLeadStore(clients.dynamodb, 'Leads', String).write([{ before, after, outbox: { transitions: [] } }]);
  const queue = cloud!.queue('due-leads');
  const tick = createDueLeadsSchedule(clients);
  return {
    keepBusy: () => queue.send(JSON.stringify({ dueAt: startsAt, leadIds: ['another'] }), startsAt),
    /** The minutes in which the lead is queued by the schedule, of so many. */
    minutesQueued: async (minutes: number) => {
      const queued: number[] = [];
      for (let minute = 0; minute < minutes; minute++) {
        vi.setSystemTime(startsAt + minute * minuteMs);
        scheduler.now = Date.now();
        const known = new Set(queue.messages.map(({ id }) => id));
        await tick();
        const news = queue.messages.filter(({ id, body }) => !known.has(id) && body.includes(`"${leadId}"`));
        if (news.length > 0) queued.push(minute);
        queue.remove(new Set(news.map(({ id }) => id)));
      }
      return queued;
    },
  };
}

test('an overdue lead is queued each minute while the queue is empty', async () => {
  const { minutesQueued } = await cloudWithLead('lost', startsAt - 30_000);
  expect(await minutesQueued(3)).toEqual([0, 1, 2]);
});

test('an overdue lead whose message was lost is queued again within minutes, though the queue is never empty', async () => {
  const { minutesQueued, keepBusy } = await cloudWithLead('lost', startsAt - 30_000);
  keepBusy();
  expect(await minutesQueued(23)).toEqual([10, 11, 20, 21]);
});

test('a lead that falls due within two minutes is queued, though the queue is never empty', async () => {
  const { minutesQueued, keepBusy } = await cloudWithLead('soon', startsAt + 150_000);
  keepBusy();
  expect(await minutesQueued(5)).toEqual([1, 2]);
});
