import { expect, test } from 'vitest';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { changeOf } from '../../shared/import/dry-run.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { evaluateLeads } from '../../shared/membership/evaluate-leads.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';
import { importWorld, Killed } from './import-world.ts';

const mapping: ImportMapping = {
  ...{ kind: 'leads', leadId: 'Email', events: [], columns: [], constants: [], slugIds: false, exactIds: false },
};
const [segmentId, rows] = ['guests', 250];
const content = `Email,Name\n${Array.from({ length: rows }, (_, index) => `lead-${index % 240}@x.example,L`).join('\n')}\n,None\n`;

/** An import whose rows were sent, into a world where some are manual members already, and somebody else is. */
async function sent(act: { kind: 'added' | 'pinned'; replaces: boolean }) {
  const world = new MemoryWorld();
  world.now = Date.parse('2026-11-28T12:00:00Z');
  const rule = { type: 'lead_metadata', field: 'Name', operator: 'equals', value: 'Nobody' } as const;
  const segment = { name: 'Guests', description: '', active: true, match: 'all' as const, rules: [rule] };
  const now = new Date(world.now).toISOString();
  const context = { catalogVersion: 0, known: world.catalog.known, now, author: 'ada' };
  world.save(planCreate(segment, { ...context, newId: (prefix) => (prefix === 'seg' ? segmentId : prefix) }).after!);
  let freshAsOf = '2026-11-28T09:00:00.000Z';
  const made = importWorld(content, mapping, {
    leads: world.ports,
    evaluate: (work) => evaluateLeads(world.ports, work),
    freshAsOf: async () => freshAsOf,
    manualMembers: async function* () {
      yield [...world.documents.values()].filter((one) => isMember(one, segmentId)).map(({ leadId }) => leadId);
    },
  });
  await made.prepare();
  made.world.job = { ...made.world.job!, act: { segmentId, ...act } };
  expect(await made.lookAfter()).toMatchObject({ delaySeconds: 2 });
  expect(made.world.job).toMatchObject({ state: 'adding', sentAt: expect.any(Number) });
  // As long as rows are not taken in, it waits longer each time, so that it may wait out a long queue.
  made.pass(20_000);
  expect(await made.lookAfter()).toMatchObject({ delaySeconds: 11 });
  made.pass(3_600_000);
  expect(await made.lookAfter()).toMatchObject({ delaySeconds: 60 });

  const known = made.sent.map(({ queue, body }) => changeOf(queue, JSON.parse(body))!);
  const old = { ...known[0]!, leadId: 'old@x.example' };
  for (const change of [...known, old])
    await evaluateLeads(world.ports, [{ leadId: change.leadId, changes: [change] }]);
  for (const leadId of ['old@x.example', 'lead-3@x.example']) {
    await evaluateLeads(world.ports, [{ leadId, command: { id: 'by hand', segmentId, kind: 'added', author: 'bob' } }]);
  }
  freshAsOf = '2026-11-28T12:00:00.000Z';
  const members = () => [...world.documents.values()].filter((one) => isMember(one, segmentId));
  return { ...made, members };
}

test('all leads of a file become manual members, once their rows are taken in', async () => {
  const { lookAfter, world, members } = await sent({ kind: 'added', replaces: false });
  expect(await lookAfter()).toBeUndefined();
  expect(world.job).toMatchObject({
    ...{ state: 'done', acted: { rows: 251, done: 239, unchanged: 1, failed: 0, lifted: 0 } },
  });
  expect(members()).toHaveLength(241);
  expect(world.isFileKept).toBe(false);
});

test('a file replaces the manual members of a segment, however often its worker is killed', async () => {
  const { lookAfter, world, members, beforeSteps } = await sent({ kind: 'pinned', replaces: true });
  for (let at = 1; at <= 4; at++) {
    let steps = 0;
    beforeSteps(() => {
      if (++steps >= at) throw new Killed();
    });
    await lookAfter(undefined, () => at === 2);
  }
  beforeSteps(() => undefined);
  expect(await lookAfter()).toBeUndefined();
  expect(world.job?.state).toBe('done');
  expect(members().map(({ leadId }) => leadId)).not.toContain('old@x.example');
  expect(members()).toHaveLength(240);
  expect(members()[3]!.memberships[segmentId]!.source).toBe('pinned');
});

test('members are not added any more once the import is cancelled', async () => {
  const { lookAfter, world, members } = await sent({ kind: 'added', replaces: true });
  world.job = { ...world.job!, state: 'cancelling', version: world.job!.version + 1 };
  expect(await lookAfter()).toBeUndefined();
  expect(world.job.state).toBe('cancelled');
  expect(members()).toHaveLength(2);
});

test('a file that could not be read to its end takes nobody out: it does not say who is not in it', async () => {
  const { lookAfter, world, members } = await sent({ kind: 'added', replaces: true });
  world.job = { ...world.job!, reason: 'The rest of the file cannot be read', version: world.job!.version + 1 };
  expect(await lookAfter()).toBeUndefined();
  expect(world.job).toMatchObject({ state: 'failed', acted: { rows: 251, done: 239, lifted: 0 } });
  expect(members().map(({ leadId }) => leadId)).toContain('old@x.example');
});
