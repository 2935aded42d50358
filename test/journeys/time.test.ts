import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../api-client.ts';
import type { BusListener } from './bus-listener.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;
const settle = () => running.current.settle();
const now = () => running.current.now();

const week = 7 * 86_400_000;
const iso = (moment: number) => new Date(moment).toISOString();

let bus: BusListener;
let segment: Json;
// Time stands still but for jumps: what is told here by the clock does not depend on how fast this machine is.
beforeAll(async () => {
  running.current.holdClock();
  bus = await running.current.listenToBus('moves', { source: ['lead-segments'] });
  const viewedThisWeek = { type: 'event_metadata', eventType: 'Page View', operator: 'exists', withinDays: 7 };
  segment = await api().create({ name: 'Visitors of the week', active: true, rules: [viewedThisWeek] });
  await settle();
});
afterAll(() => running.current.releaseClock());

const movesOf = async (leadId: string) => {
  const moves = (await bus.heard()).filter(({ detail }) => detail.lead?.id === leadId);
  return moves.map(({ detail, 'detail-type': type }) => ({ type, ...detail }));
};
/** A lead enters by an event that happens now; answers the moment at which that event is a week old no more. */
async function enterBy(leadId: string): Promise<number> {
  const occurredAt = iso(now());
  await running.current.send('leadEvents', { leadId, eventId: `view-${leadId}`, eventType: 'Page View', occurredAt });
  await settle();
  expect(await movesOf(leadId)).toMatchObject([
    { type: 'Lead Entered Segment', occurredAt, reason: 'rules', cause: { kind: 'lead_event', occurredAt } },
  ]);
  return now() + week + 1;
}

test('a lead exits within five seconds of the moment at which its event leaves the window, and not before', async () => {
  const dueAt = await enterBy('visitor');
  running.current.advanceClock(week - 2_000);
  running.current.fire('QueueDueLeads');
  await settle();
  expect(await api().members(segment.id)).toEqual(['visitor']);
  expect(await api().segmentsOf('visitor')).toEqual([segment.id]);
  expect(await movesOf('visitor')).toHaveLength(1);

  const heardExit = async () => (await movesOf('visitor')).find(({ type }) => type === 'Lead Exited Segment');
  let exit: Json;
  while (!exit && now() < dueAt + 5_000) {
    running.current.advanceClock(250);
    await settle();
    exit = await heardExit();
  }
  expect(exit).toMatchObject({ sequence: 2, reason: 'time_passed', cause: { kind: 'time_passed' } });
  expect(Date.parse(exit.occurredAt)).toBeGreaterThanOrEqual(dueAt);
  expect(Date.parse(exit.occurredAt)).toBeLessThanOrEqual(dueAt + 5_000);
  expect(now()).toBeLessThanOrEqual(dueAt + 5_000);
  expect(await api().members(segment.id)).toEqual([]);
});

test('a change that comes while a moment is overdue finds what time has flipped, in the same write', async () => {
  const dueAt = await enterBy('overdue');
  running.current.advanceClock(week + 60_000);
  await settle();
  expect(await api().members(segment.id)).toEqual(['overdue']);
  const change = { leadId: 'overdue', occurredAt: iso(now()), attributes: { country: 'DE' } };
  await running.current.send('profileChanges', change);
  await settle();
  const moves = [
    { type: 'Lead Entered Segment', sequence: 1 },
    { type: 'Lead Exited Segment', sequence: 2, reason: 'time_passed', occurredAt: iso(now()) },
  ];
  expect(await movesOf('overdue')).toMatchObject(moves);
  expect(now()).toBeGreaterThan(dueAt);
  expect((await api().get('/leads/overdue')).body).toMatchObject({
    attributes: { country: 'DE' },
    updatedAt: iso(now()),
  });
  expect(await api().members(segment.id)).toEqual([]);
  running.current.fire('QueueDueLeads');
  await settle();
  expect(await movesOf('overdue')).toHaveLength(2);
});

test('what is overdue is found by the schedule when nothing else comes', async () => {
  await enterBy('quiet');
  running.current.advanceClock(week + 3_600_000);
  running.current.fire('QueueDueLeads');
  await settle();
  expect(await movesOf('quiet')).toMatchObject([{ sequence: 1 }, { sequence: 2, reason: 'time_passed' }]);
});

test('no function failed on the way', () => {
  expect(running.current.problems).toEqual([]);
});
