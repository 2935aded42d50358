import { expect, test } from 'vitest';
import type { Transition } from '../../shared/lead/outbox.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { createLoneClients } from '../races/lone-clients.ts';

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
  const store = createTransitionStore(createLoneClients().dynamodb, 'Transitions', 400);
  const deletedAt = Date.parse('2026-11-25T12:00:00.500Z');
  const moments = [deletedAt - 60_000, deletedAt, deletedAt + 1];
  await store.put(moments.map((moment, index) => ({ leadId: 'l1', transition: at(index + 1, moment) })));
  await store.removeLead('l1', deletedAt);
  const { transitions } = await store.ofLead('l1', undefined, 10);
  expect(transitions).toEqual([at(3, deletedAt + 1)]);
});
