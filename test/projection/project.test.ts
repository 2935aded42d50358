import { expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { nextTransition } from '../../shared/membership/transition.ts';
import { createProjector } from '../../shared/projection/project.ts';

const cause = { kind: 'profile_change', occurredAt: '2026-03-10T12:00:00.000Z' } as const;
const origin = { reason: 'rules', cause, source: 'rules' } as const;
const { membership, transition } = nextTransition(undefined, { id: 'seg_1', name: 'Hot' } as Segment, 1_000, origin);
const write = {
  lead: { ...unknownLead('l1'), version: 1, memberships: { seg_1: membership } },
  outbox: { transitions: [transition] },
};

/** A projector that does its steps, but for one that fails; and the steps it did. */
function projector(failing?: string) {
  const done: string[] = [];
  const step = (name: string) => async () => {
    if (name === failing) throw new Error(`no ${name}`);
    done.push(name);
  };
  const project = createProjector({
    publish: step('told'),
    projectRows: step('listed'),
    transitions: { put: step('history'), removeLead: step('history removed') },
    events: { removeUntil: step('events removed') },
    accounts: { leaveRoster: step('roster left') },
    erase: step('erasure queued'),
  });
  return { done, project };
}

test('what is listed was told, and what is in the history was told and listed', async () => {
  const { done, project } = projector();
  await project([write]);
  expect(done).toEqual(['told', 'listed', 'history']);
});

test.each([
  ['told', []],
  ['listed', ['told']],
  ['history', ['told', 'listed']],
])('a step that fails, "%s", leaves those after it undone', async (failing, before) => {
  const { done, project } = projector(failing);
  await expect(project([write])).rejects.toThrow(`no ${failing}`);
  expect(done).toEqual(before);
});

test('of a deleted lead everything goes, once its exits are told', async () => {
  const { done, project } = projector();
  await project([{ ...write, outbox: { ...write.outbox, deleted: { eventTypes: [], accountId: 'acme' } } }]);
  expect(done).toEqual([
    'told',
    'listed',
    'history',
    'history removed',
    'events removed',
    'roster left',
    'erasure queued',
  ]);
});
