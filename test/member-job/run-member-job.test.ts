import { describe, expect, test } from 'vitest';
import { endedAs, type MemberJobMessage } from '../../shared/member-job/member-job.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { isGerman, Killed, memberJobWorld } from './member-job-world.ts';

const all = { leads: 300, done: 100, unchanged: 0, refused: 0, refusals: [] };

test('all leads that match are changed, by whom and why', async () => {
  const { run, state, members } = await memberJobWorld();
  expect(await run()).toBeUndefined();
  expect(state.job).toMatchObject({
    ...all,
    state: 'done',
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
  });
  expect(state.job).not.toHaveProperty('place');
  expect(members()).toHaveLength(100);
  expect(members()[0]).toMatchObject({
    attributes: { country: 'DE' },
    manualChanges: { guests: { id: 'act_job_1', kind: 'added', author: 'ann', reason: 'fair' } },
  });
});

test('all members of a segment, by a rule of that segment itself', async () => {
  const isIn = { type: 'segment', segmentId: 'guests', operator: 'in' } as const;
  const { run, state, members, act } = await memberJobWorld([isIn], 'excluded');
  for (const leadId of ['lead-1', 'lead-2', 'lead-3']) await act(leadId, 'pinned');
  // These were decided before it was asked for.
  state.job = { ...state.job!, createdAt: new Date(Date.parse(state.job!.createdAt) + 60_000).toISOString() };
  expect(await run()).toBeUndefined();
  expect(state.job).toMatchObject({ state: 'done', leads: 300, done: 3 });
  expect(members()).toEqual([]);
});

test('what is so already is unchanged, and who decided since it was asked for has the last word', async () => {
  const { run, state, members, act, world } = await memberJobWorld();
  world.now -= 30_000;
  await act('lead-0', 'added');
  world.now += 30_000;
  await act('lead-3', 'excluded');
  expect(await run()).toBeUndefined();
  expect(state.job).toMatchObject({ state: 'done', done: 98, unchanged: 2 });
  expect(members()).toHaveLength(99);
  expect(members().map(({ leadId }) => leadId)).not.toContain('lead-3');
});

test('a lead counts as it is when the job reaches it', async () => {
  const { run, state, change, beforeSteps } = await memberJobWorld();
  let pages = 0;
  beforeSteps(async (what) => {
    // All of them become German in the middle of it.
    if (what === 'page' && ++pages === 80)
      for (let index = 0; index < 300; index++) await change(`lead-${index}`, { country: 'DE' });
  });
  await run();
  expect(state.job!.done).toBeGreaterThan(100);
  expect(state.job!.done).toBeLessThan(300);
});

describe('whatever happens to its worker', () => {
  test('killed at every step, each lead is changed and counted once', async () => {
    const { run, state, members, beforeSteps, world } = await memberJobWorld();
    let kills = 0;
    for (let at = 1; state.job?.state !== 'done'; at += 1) {
      let steps = 0;
      beforeSteps(() => {
        if (++steps <= 1 + (at % 4)) return;
        kills++;
        // As when a process dies: what is left comes again, by no message of its own.
        throw new Killed();
      });
      await run();
    }
    expect(kills).toBeGreaterThan(30);
    expect(state.job).toMatchObject(all);
    expect(members()).toHaveLength(100);
    expect(world.transitions).toHaveLength(100);
  });

  test('delivered twice at once, each lead is changed and counted once', async () => {
    const { run, state, world } = await memberJobWorld();
    const rests = await Promise.all([run(), run(), run()]);
    expect(rests).toEqual([undefined, undefined, undefined]);
    expect(state.job).toMatchObject({ ...all, state: 'done' });
    expect(world.transitions).toHaveLength(100);
    expect(await run()).toBeUndefined();
    expect(state.job).toMatchObject(all);
  });

  test('it goes on in another message where its time was up', async () => {
    const { run, state } = await memberJobWorld();
    let rest: MemberJobMessage | undefined = { kind: 'member_job', segmentId: 'guests', jobId: 'job_1', attempt: 0 };
    let messages = 0;
    for (; rest; messages++) {
      let asked = 0;
      rest = await run(rest, () => ++asked > 40);
    }
    expect(messages).toBeGreaterThan(3);
    expect(state.job).toMatchObject({ ...all, state: 'done' });
  });
});

describe('what goes wrong', () => {
  test('is tried again, three times in a row at most', async () => {
    const { run, state, beforeSteps, noted } = await memberJobWorld();
    beforeSteps((what) => {
      if (what === 'page') throw new Error('gone');
    });
    expect(await run()).toMatchObject({ attempt: 1 });
    expect(await run({ attempt: 1 })).toMatchObject({ attempt: 2 });
    expect(state.job).toMatchObject({ state: 'running' });
    expect(await run({ attempt: 2 })).toBeUndefined();
    expect(state.job).toMatchObject({ state: 'failed', failureReason: expect.stringContaining('three times') });
    expect(noted).toHaveLength(3);
    expect(await run()).toBeUndefined();
  });

  test('also means a page for whose events there is never enough time', async () => {
    const viewed = { type: 'event_metadata', eventType: 'Page View', operator: 'exists', withinDays: 30 } as Rule;
    const { run, state, ports } = await memberJobWorld([viewed]);
    const event = { leadId: 'lead-1', eventId: 'e', occurredAt: 1, metadata: {} };
    const eventPages: typeof ports.eventPages = async function* () {
      for (;;) yield [event];
    };
    Object.assign(ports, { eventPages });
    const soonUp = () => {
      let asked = 0;
      return () => ++asked > 1;
    };
    expect(await run({}, soonUp())).toMatchObject({ attempt: 1 });
    expect(await run({ attempt: 2 }, soonUp())).toBeUndefined();
    expect(state.job).toMatchObject({ state: 'failed', pages: 0 });
  });

  test('counts from the first again once a page is done', async () => {
    const { run, state, beforeSteps } = await memberJobWorld();
    let pages = 0;
    beforeSteps((what) => {
      if (what === 'page' && ++pages > 3) throw new Error('gone');
    });
    expect(await run({ attempt: 2 })).toMatchObject({ attempt: 1 });
    expect(state.job).toMatchObject({ state: 'running', pages: 3 });
  });

  test('for a single lead stops no other: in the end it is refused, by name', async () => {
    const { run, state, ports } = await memberJobWorld();
    const { evaluate } = ports;
    const failing = async (work: Parameters<typeof evaluate>[0]) => {
      const { outcomes } = await evaluate(work.filter(({ leadId }) => leadId !== 'lead-6'));
      const failed = work.some(({ leadId }) => leadId === 'lead-6') ? [['lead-6', 'it is busy'] as const] : [];
      return { outcomes, failed: new Map(failed) };
    };
    Object.assign(ports, { evaluate: failing });
    let attempts = 0;
    for (let rest = await run(); rest; rest = await run(rest)) attempts = Math.max(attempts, rest.attempt);
    expect(attempts).toBe(2);
    expect(state.job).toMatchObject({
      ...all,
      ...{ state: 'done', done: 99, refused: 1, refusals: [{ leadId: 'lead-6', detail: 'it is busy' }] },
    });
  });

  test('names ten of those without room', async () => {
    const { run, state, ports } = await memberJobWorld();
    const refusing: typeof ports.evaluate = async (work) => {
      const refused = 'no room';
      const outcomes = work.map(({ leadId }) => ({
        leadId,
        transitions: [],
        wasCreated: false,
        wasDeleted: false,
        refused,
      }));
      return { outcomes: new Map(outcomes.map((outcome) => [outcome.leadId, outcome])), failed: new Map() };
    };
    Object.assign(ports, { evaluate: refusing });
    await run();
    expect(state.job).toMatchObject({ state: 'done', done: 0, refused: 100, refusals: { length: 10 } });
  });
});

describe('it ends before its time', () => {
  test('when it is cancelled: what is done stays done, and is counted', async () => {
    const { run, state, members, beforeSteps } = await memberJobWorld();
    let evaluations = 0;
    beforeSteps((what) => {
      if (what !== 'evaluate' || ++evaluations < 20) return;
      const { place: _place, ...job } = { ...state.job!, ...endedAs('cancelled', 1), version: state.job!.version + 1 };
      state.job = job as typeof state.job;
    });
    expect(await run()).toBeUndefined();
    expect(state.job).toMatchObject({ state: 'cancelled', done: members().length });
    expect(members().length).toBeGreaterThanOrEqual(20);
    expect(members().length).toBeLessThan(100);
    expect(state.job).not.toHaveProperty('place');
  });

  test.each([
    ['deactivated', true],
    ['deleted', false],
  ])('when the segment is %s', async (what, isKept) => {
    const { run, state, world, members, beforeSteps } = await memberJobWorld();
    let pages = 0;
    beforeSteps(async (step) => {
      if (step !== 'page' || ++pages !== 20) return;
      const { catalog } = world;
      const segment = { ...catalog.known.get('guests')!, active: false, savedInCatalog: catalog.version + 1 };
      const { changeCatalog } = await import('../../shared/catalog/catalog.ts');
      const change = isKept ? { saved: [segment], deleted: [] } : { saved: [], deleted: ['guests'] };
      world.catalog = changeCatalog(catalog, catalog.version + 1, change);
    });
    expect(await run()).toBeUndefined();
    expect(state.job).toMatchObject({ state: 'failed', failureReason: expect.stringContaining(what), pages: 20 });
    expect(state.job!.done).toBeGreaterThan(0);
    if (isKept) expect(members()).toHaveLength(state.job!.done);
  });
});

test('levels and the moment are those of the request', async () => {
  const rules = [isGerman, { type: 'engagement_level', operator: 'at_least', value: 'Warm' } as const];
  const { run, state, world } = await memberJobWorld(rules);
  world.setLevels('engagement', ['Warm', 'Cold']);
  await run();
  expect(state.job).toMatchObject({ state: 'done', done: 0, leads: 300 });
});
