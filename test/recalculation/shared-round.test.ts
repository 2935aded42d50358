import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLeadStores, type LeadStores } from '../../functions/lead-stores.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import { senderTo } from '../../shared/aws/send-messages.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shards } from '../../shared/lead/shard.ts';
import type { Recalculation } from '../../shared/recalculation/recalculation.ts';
import { createRoundStore } from '../../shared/recalculation/round-store.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createRunStarter, type RunStarter } from '../../shared/recalculation/start-run.ts';
import { planChange, planCreate } from '../../shared/segment/save-segment.ts';
import { createSegmentWriter, type SegmentWriter } from '../../shared/segment/segment-writer.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';
import { runsGather } from './runs-gather.ts';

const room = useWorkerRoom();
/** Ids that begin so have another order in keys. */
const oddStarts = ['lead-', '!', '#', '%', 'ｚ', '𠮷'];
const leadCount = 320;
/** Small, so that rounds have more than one page. */
const leadsInPage = 10;
let stores: LeadStores;
let writer: SegmentWriter;
let runs: ReturnType<typeof createRunStore>;
let starter: RunStarter;
let leadsRead = 0;
/** Happens after each page of leads that is read. */
let afterPage: () => Promise<void> = async () => {};

beforeAll(async () => {
  const made = createLeadStores(room.clients);
  const page: LeadStores['leads']['page'] = async (shard, after) => {
    const answer = await made.leads.page(shard, after, leadsInPage);
    leadsRead += answer.leads.length;
    await afterPage();
    return answer;
  };
  stores = { ...made, leads: { ...made.leads, page } };
  runs = createRunStore(room.clients.documents, 'Segments', stores.catalog);
  starter = createRunStarter(runs, senderTo(room.clients.sqs, room.urlOf('JOBS')), surroundings);
  writer = createSegmentWriter(stores.segments, stores.catalog, starter, async () => {}, surroundings);
  const leads = Array.from({ length: leadCount }, (_, index): LeadDocument => {
    const leadId = `${oddStarts[index % oddStarts.length]}${String(index).padStart(4, '0')}`;
    const attributes = { score: index % 10 };
    return { ...unknownLead(leadId), version: 1, updatedAt: 1, evaluatedAt: 1, attributes, attributesSetAt: 1 };
  });
  const writes = leads.map((after) => ({ before: unknownLead(after.leadId), after, outbox: { transitions: [] } }));
  expect(new Set(await stores.leads.write(writes))).toEqual(new Set(['written']));
});
beforeEach(() => {
  leadsRead = 0;
  afterPage = async () => {};
  vi.spyOn(console, 'error').mockReturnValue();
});

/** Creates segments of the leads with a score of at most one to nine. */
async function create(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const value = 1 + (index % 9);
    const rules = [{ type: 'lead_metadata', field: 'score', operator: 'less_than', value }] as const;
    const content = {
      name: `Segment ${surroundings.newId('seg')}`,
      description: '',
      active: true,
      match: 'all',
    } as const;
    const segment = await writer.save((context) => planCreate({ ...content, rules: [...rules] }, context), 'test');
    ids.push(segment!.id);
  }
  return ids;
}

/** Works on the messages of the queue until there are none; answers how many there were. */
async function workAll(worker = createJobWorker(stores)): Promise<number> {
  for (let worked = 0; ; ) {
    const messages = await room.take('JOBS');
    if (messages.length === 0) {
      if (!(await runsGather(runs))) return worked;
      await setTimeout(100);
    }
    for (const { body } of messages) {
      let failed = await room.deliver(worker, [body]);
      while (failed.length > 0) failed = await room.deliver(worker, [body]);
      worked++;
    }
  }
}

const runsOf = (ids: readonly string[]) => Promise.all(ids.map((id) => runs.get(id)));
const total = (score: number) => ({ done: leadCount, entering: (leadCount / 10) * score, leaving: 0, failed: 0 });
function expectDone(found: readonly (Recalculation | undefined)[]): void {
  expect(found.map((run) => ({ state: run?.state, totals: run?.totals }))).toEqual(
    found.map((_, index) => ({ state: 'done', totals: total(1 + (index % 9)) })),
  );
}

test('segments created at once read the leads once, by one message a shard, or two where it lets them gather', async () => {
  const ids = await create(12);
  expect(await workAll()).toBeLessThanOrEqual(2 * shards.length);
  expect(leadsRead).toBe(leadCount);
  expectDone(await runsOf(ids));
});

test('while the message that goes on with a round is on its way, a save sends no other', async () => {
  const now = Date.now();
  const { rounds, turns } = createRoundStore(room.clients.documents, 'Segments', () => now);
  const [shard] = shards;
  const lease = (await rounds.take(shard!, 'a message'))!;
  expect(await rounds.letGo(lease, now + 2_000)).toBe(true);
  const message = { term: lease.term, at: now + 2_000 };
  expect((await turns())(shard!)).toEqual({ term: lease.term, isHeld: false, message });
  const next = (await rounds.take(shard!, 'another'))!;
  expect(await rounds.letGo(next)).toBe(true);
  expect((await turns())(shard!)).toEqual({ term: next.term, isHeld: false });
});

test('a segment saved while the leads are read joins in, and reads only what it has missed', async () => {
  const [first] = await create(1);
  let late: string[] = [];
  let pages = 0;
  afterPage = async () => {
    if (++pages === 12) late = await create(3);
  };
  await workAll();
  expectDone(await runsOf([first!]));
  expectDone(await runsOf(late));
  expect(leadsRead).toBeGreaterThan(leadCount);
  expect(leadsRead).toBeLessThan(2 * leadCount);
});

test('how far a run is shows while the round goes on, and never goes back', async () => {
  const ids = await create(2);
  const shown: number[] = [];
  afterPage = async () => {
    const run = await runs.get(ids[1]!);
    const progress = await runs.progress(run!, await runs.allRounds());
    shown.push(progress.reduce((sum, { done }) => sum + done, 0));
  };
  await workAll();
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  expect(new Set(shown).size).toBeGreaterThan(20);
  expect(shown.at(-1)).toBeGreaterThan(leadCount - 2 * leadsInPage);
});

test.each(['rounds', 'recalculation#'])('a worker that dies before it stores %s is taken over from', async (pk) => {
  const [id] = await create(1);
  let deaths = 0;
  const stack = room.clients.dynamodb.middlewareStack;
  const kill = `die at ${pk}`;
  stack.add(
    (next, { commandName }) =>
      async (args) => {
        const { Item } = args.input as { Item?: { pk: unknown } };
        const stored = typeof Item?.pk === 'string' ? Item.pk : (Item?.pk as { S?: string } | undefined)?.S;
        if (commandName === 'PutItemCommand' && stored?.startsWith(pk) && ++deaths % 3 === 1) throw new Error('killed');
        return next(args);
      },
    { step: 'initialize', name: kill },
  );
  await workAll();
  stack.remove(kill);
  expect(deaths).toBeGreaterThan(shards.length);
  expectDone(await runsOf([id!]));
});

test('a shard whose progress is stored, but not that the run is through with it, is gone over again', async () => {
  const [id] = await create(1);
  const stack = room.clients.dynamodb.middlewareStack;
  let deaths = 0;
  stack.add(
    (next, { commandName }) =>
      async (args) => {
        const { UpdateExpression } = args.input as { UpdateExpression?: string };
        const isNoting = commandName === 'UpdateItemCommand' && UpdateExpression === 'ADD through :shard';
        if (isNoting && ++deaths === 2) throw new Error('killed');
        return next(args);
      },
    { step: 'initialize', name: 'die once' },
  );
  // The message of who dies is lost: another delivery of it found the round held, and was done.
  const worker = createJobWorker(stores);
  for (const { body } of await room.take('JOBS')) await room.deliver(worker, [body]);
  await workAll();
  stack.remove('die once');
  const run = (await runs.get(id!))!;
  expect(run.state).toBe('running');

  await starter.start(run, await runs.progress(run, await runs.allRounds()), 1);
  await workAll();
  expectDone(await runsOf([id!]));
});

test('a run that a newer save replaces falls out, and so does one that is deactivated', async () => {
  const [replaced, deactivated] = await create(2);
  let pages = 0;
  afterPage = async () => {
    if (++pages !== 12) return;
    const rules = [{ type: 'lead_metadata', field: 'score', operator: 'less_than', value: 5 }] as const;
    const save = (id: string, more: object) =>
      writer.save((context) => planChange(context.known.get(id)!, more, context), 'test');
    await save(replaced!, { rules: [...rules] });
    await save(deactivated!, { active: false });
  };
  await workAll();
  const [run, none] = await runsOf([replaced!, deactivated!]);
  expect(run).toMatchObject({ state: 'done', totals: { done: leadCount, failed: 0 } });
  expect(none).toBeUndefined();
  expect(await runs.runs.open()).toEqual([]);
  for (const { waiting } of await runs.allRounds()) expect(waiting).toEqual([]);
});

test('a message of the release before, which names a run, has its shard gone on with', async () => {
  const [id] = await create(1);
  const messages = await room.take('JOBS');
  const run = await runs.get(id!);
  const worker = createJobWorker(stores);
  for (const { body } of messages) {
    const { shard } = JSON.parse(body);
    await room.deliver(worker, [{ kind: 'recalculation', segmentId: id, runId: run!.runId, shard }]);
  }
  await workAll(worker);
  expectDone(await runsOf([id!]));
});
