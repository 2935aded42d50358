import { expect, test } from 'vitest';
import { Chance } from '../../bench/world/random-world.ts';
import { createTransitionStore } from '../../shared/aws/transition-store.ts';
import type { Transition } from '../../shared/membership/transition.ts';
import { createSimulatedClients } from '../races/clients.ts';
import { Actor, Scheduler } from '../races/scheduler.ts';
import { Cloud } from '../races/store/cloud.ts';

/** The simulator's tables, with nobody in between. */
function simulatedClients() {
  const actor = new Actor('test');
  actor.isSwift = true;
  return createSimulatedClients(new Scheduler(new Chance(1), 0, (now) => new Cloud(now), false), actor);
}

const at = (sequence: number, occurredAt: number): Transition => ({
  segmentId: 'seg_1',
  segmentName: 'Hot leads',
  revision: 1,
  sequence,
  occurredAt,
  reason: 'rules',
  cause: { kind: 'profile_change', occurredAt: '2026-11-25T12:00:00.000Z' },
  since: occurredAt,
  source: 'rules',
});

test('a lead that came back after its deletion keeps the history of its new life', async () => {
  const store = createTransitionStore(simulatedClients().dynamodb, 'Transitions', 400);
  const deletedAt = Date.parse('2026-11-25T12:00:00.500Z');
  const moments = [deletedAt - 60_000, deletedAt, deletedAt + 1];
  await store.put(moments.map((moment, index) => ({ leadId: 'l1', transition: at(index + 1, moment) })));
  await store.removeLead('l1', deletedAt);
  const { transitions } = await store.ofLead('l1', undefined, 10);
  expect(transitions).toEqual([at(3, deletedAt + 1)]);
});
