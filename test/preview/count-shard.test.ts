import { describe, expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { factsOf, type Json, type OracleChange, segmentsOf } from '../../oracle/oracle.ts';
import { randomChange, randomRule } from '../../oracle/random-world.ts';
import { deliver, randomSegments } from '../../oracle/steps.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { encodeLead, leadKey } from '../../shared/lead/lead-item.ts';
import { scanDecoder } from '../../shared/lead/lead-scan-store.ts';
import { type CountPorts, countShard, type PreviewQuestion } from '../../shared/preview/count-shard.ts';
import { funnelOf } from '../../shared/preview/rule-funnel.ts';
import { countSaveEffects } from '../../shared/preview/save-effects.ts';
import { type ShardCount, uncountedShard } from '../../shared/preview/shard-count.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import { type Match, type Rule, rulesInputSchema } from '../../shared/rule/rule.ts';

const nothing = { transitions: [] };

const leadIds = Array.from({ length: 9 }, (_, index) => `l${index + 1}`);
const never = () => false;

/** All leads of a world as one shard, in pages of two, and its events in pages of three. */
function portsOf(world: MemoryWorld, onPage = () => {}): CountPorts {
  const sorted = () => [...world.documents.values()].sort((a, b) => (a.leadId < b.leadId ? -1 : 1));
  return {
    catalog: { current: async () => world.catalog },
    scan: (reads) => {
      const decode = scanDecoder(reads);
      return async (_shard, after = '') => {
        const rest = sorted().filter(({ leadId }) => leadId > after);
        const page = rest.slice(0, 2);
        onPage();
        const leads = page.map((document) => decode({ ...leadKey(document.leadId), ...encodeLead(document, nothing) }));
        return { leads, ...(rest.length > 2 && { next: page[1]!.leadId }) };
      };
    },
    async *eventPages(eventType, _shard, from) {
      const events = world.events
        .filter((event) => event.eventType === eventType && event.leadId >= from)
        .map((event) => ({
          ...event,
          metadata: event.metadata ?? {},
          sk: `${event.leadId}#${event.occurredAt}#${event.eventId}`,
        }))
        .sort((a, b) => (a.sk < b.sk ? -1 : 1));
      for (let start = 0; start < events.length; start += 3) yield events.slice(start, start + 3);
    },
  };
}

const questionOf = (
  world: MemoryWorld,
  rules: readonly Rule[],
  more: Partial<PreviewQuestion> = {},
): PreviewQuestion => ({
  match: 'all',
  rules,
  sampleSize: 100,
  now: world.now,
  context: world.catalog.context,
  ...more,
});

const idsOf = ({ matching }: ShardCount) => matching.sample.map(({ leadId }) => leadId);

/** A world after random changes, some of its segments filled with event state. */
async function randomWorld(chance: Chance) {
  const world = new MemoryWorld();
  const segments = randomSegments(chance, world, 6);
  const changes: OracleChange[] = Array.from({ length: 60 }, (_, serial) =>
    randomChange(chance, world.now, leadIds, serial),
  );
  for (const change of changes) await deliver(world, [change]);
  for (const segment of segments.filter(() => chance.is(0.5))) {
    world.save({ ...segment, conditions: segment.conditions.map((kept) => ({ ...kept, backfilledN: 101 })) });
  }
  return { world, segments, changes };
}

describe('counting a shard', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'finds whom the slow oracle finds, seed %i',
    async (seed) => {
      const chance = new Chance(seed);
      const { world, segments, changes } = await randomWorld(chance);
      const forOracle = segments.map((segment) => ({ ...segment, rules: segment.rules as unknown as Json[] }));
      const known = segments.map(({ id }) => id);
      const asked = [
        ...forOracle.map(({ rules }) => rules),
        ...Array.from({ length: 6 }, () => chance.some(3, () => randomRule(chance, world.now, known))),
      ];
      /** By the oracle: the leads that those rules match. */
      const matching = (rules: Json[], match: Match) => {
        const pending = { id: 'pending', active: true, match, rules };
        return [...world.documents.keys()].sort().filter((leadId) => {
          const facts = factsOf(leadId, changes);
          return facts && segmentsOf(facts, [...forOracle, pending], world.now).has('pending');
        });
      };
      for (const rules of asked) {
        const match = chance.oneOf(['all', 'any'] as const);
        const question = questionOf(world, rulesInputSchema.parse(rules), { match });
        const count = await countShard(portsOf(world), question, world.catalog, uncountedShard('00'), never);
        expect(idsOf(count)).toEqual(matching(rules, match));
        expect(count).toMatchObject({ leads: world.documents.size, isFinished: true });
        const firstRules = rules.map((_, index) => rules.slice(0, index + 1));
        const left = firstRules.map((of) => matching(of, match).length);
        expect(funnelOf(match, count.decided ?? [], count.leads)).toEqual(left);
      }
    },
  );
});

const at = (world: MemoryWorld, hoursAgo: number) => new Date(world.now - hoursAgo * 3_600_000).toISOString();
const viewed: Rule = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
const german: Rule = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

async function germans(...ids: string[]): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  await deliver(
    world,
    ids.map((leadId) => ({
      queue: 'profile',
      message: { leadId, occurredAt: at(world, 2), attributes: { country: 'DE' } },
    })),
  );
  return world;
}

function change(world: MemoryWorld, leadId: string, changes: Partial<LeadDocument>): void {
  world.documents.set(leadId, { ...world.documents.get(leadId)!, ...changes });
}

describe('a count', () => {
  test('goes on where time was up, and ends as one in a single go', async () => {
    const world = await germans('a', 'b', 'c', 'd', 'e');
    const question = questionOf(world, [german]);
    const whole = await countShard(portsOf(world), question, world.catalog, uncountedShard('00'), never);
    let count = uncountedShard('00');
    for (let visits = 0; visits < 3; visits++) {
      expect(count).toMatchObject({ leads: visits * 2, isFinished: false });
      let pages = 0;
      const ports = portsOf(world, () => pages++);
      count = await countShard(ports, question, world.catalog, JSON.parse(JSON.stringify(count)), () => pages > 0);
    }
    expect(count).toEqual(whole);
    expect(idsOf(count)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('shows sampled leads by what people know them by, which no rule needs to read', async () => {
    const world = await germans('a');
    const hot: Rule = { type: 'engagement_level', operator: 'not_exists' };
    const question = questionOf(world, [hot], { display: { name: ['country'] } });
    const { matching } = await countShard(portsOf(world), question, world.catalog, uncountedShard('00'), never);
    expect(matching.sample).toEqual([{ leadId: 'a', attributes: {}, displayName: 'DE' }]);
  });

  test('ends when time is up while a page waits for its turn to be read', async () => {
    const world = await germans('a', 'b', 'c');
    const ports = portsOf(world);
    let pages = 0;
    const waiting: CountPorts = {
      ...ports,
      scan: (reads) => {
        const readPage = ports.scan(reads);
        return async (...place) => {
          if (pages++ > 0) throw new TimeUp();
          return readPage(...place);
        };
      },
    };
    const question = questionOf(world, [german]);
    const unfinished = await countShard(waiting, question, world.catalog, uncountedShard('00'), never);
    expect(unfinished).toMatchObject({ leads: 2, after: 'b', isFinished: false });
    expect(idsOf(await countShard(ports, question, world.catalog, unfinished, never))).toEqual(['a', 'b', 'c']);
    const segment = { id: 'seg_new', name: 'New', active: true, match: 'all', rules: [german] } as unknown as Segment;
    pages = 0;
    const effects = await countSaveEffects(waiting, segment, world.catalog, world.now, never);
    expect(effects).toMatchObject({ exact: false });
  });

  test('ends in the middle of the events of a page when time is up, and counts that page the next time', async () => {
    const world = await germans('a', 'b', 'c');
    const view = (leadId: string) => ({
      queue: 'event' as const,
      message: { eventId: `e-${leadId}`, leadId, eventType: 'Page View', occurredAt: at(world, 1) },
    });
    await deliver(world, ['a', 'b', 'c'].map(view));
    const ports = portsOf(world);
    let pages = 0;
    const slow: CountPorts = {
      ...ports,
      async *eventPages(...stream) {
        for await (const page of ports.eventPages(...stream)) {
          pages++;
          yield page;
        }
      },
    };
    const question = questionOf(world, [viewed]);
    const unfinished = await countShard(slow, question, world.catalog, uncountedShard('00'), () => pages > 0);
    expect(unfinished).toEqual({ ...uncountedShard('00'), decided: [0] });
    expect(idsOf(await countShard(ports, question, world.catalog, unfinished, never))).toEqual(['a', 'b', 'c']);
    const failing: CountPorts = {
      ...ports,
      // biome-ignore lint/correctness/useYield: a stream that breaks before its first page.
      async *eventPages() {
        throw new Error('throttled');
      },
    };
    await expect(countShard(failing, question, world.catalog, unfinished, never)).rejects.toThrow('throttled');
    pages = 0;
    const segment = { id: 'seg_new', name: 'New', active: true, match: 'all', rules: [viewed] } as unknown as Segment;
    const effects = await countSaveEffects(slow, segment, world.catalog, world.now, () => pages > 0);
    expect(effects).toMatchObject({ leads: 0, exact: false });
  });

  test('knows what saving does to pinned, excluded and by-hand members', async () => {
    const world = await germans('added', 'excluded', 'new', 'pinned', 'stays');
    const isIn = {
      sequence: 1,
      since: 1,
      source: 'rules',
      reason: 'rules',
      cause: { kind: 'by_hand', occurredAt: at(world, 1) },
      revision: 1,
    } as const;
    const act = (kind: 'added' | 'pinned' | 'excluded') => ({
      seg_1: { id: 'act_1', kind, at: 1, author: 'somebody' },
    });
    change(world, 'added', {
      memberships: { seg_1: isIn },
      manualChanges: act('added'),
      attributes: { country: 'FR' },
    });
    change(world, 'pinned', {
      memberships: { seg_1: isIn },
      manualChanges: act('pinned'),
      attributes: { country: 'FR' },
    });
    change(world, 'excluded', { manualChanges: act('excluded') });
    change(world, 'stays', { memberships: { seg_1: isIn } });
    const question = questionOf(world, [german], { segmentId: 'seg_1' });
    const count = await countShard(portsOf(world), question, world.catalog, uncountedShard('00'), never);
    expect(idsOf(count)).toEqual(['excluded', 'new', 'stays']);
    expect(count.entering.sample.map(({ leadId }) => leadId)).toEqual(['new']);
    expect(count.leaving.sample.map(({ leadId }) => leadId)).toEqual(['added']);
    const without = await countShard(
      portsOf(world),
      { ...question, rules: [] },
      world.catalog,
      uncountedShard('00'),
      never,
    );
    expect(without.leaving.sample.map(({ leadId }) => leadId)).toEqual(['stays']);
  });

  test('leaves out deleted leads, and what happened before a deletion', async () => {
    const world = await germans('back', 'gone', 'there');
    for (const [leadId, hoursAgo] of [
      ['back', 3],
      ['gone', 3],
      ['there', 3],
    ] as const) {
      world.events.push({
        kind: 'lead_event',
        eventId: `e-${leadId}`,
        leadId,
        eventType: 'Page View',
        occurredAt: world.now - hoursAgo * 3_600_000,
      });
    }
    change(world, 'back', { deletedAt: world.now - 7_200_000 });
    change(world, 'gone', { deletedAt: world.now - 7_200_000, isDeleted: true });
    const count = await countShard(
      portsOf(world),
      questionOf(world, [viewed]),
      world.catalog,
      uncountedShard('00'),
      never,
    );
    expect(idsOf(count)).toEqual(['there']);
    expect(count.leads).toBe(2);
  });

  test('takes samples only as large as they are asked for and as one item can hold', async () => {
    const world = await germans('a', 'b', 'c');
    for (const leadId of ['a', 'c'])
      change(world, leadId, { attributes: { country: 'DE', about: 'x'.repeat(60_000) } });
    const rules: Rule[] = [german, { type: 'lead_metadata', field: 'about', operator: 'not_equals', value: 'y' }];
    const count = (sampleSize: number) =>
      countShard(portsOf(world), questionOf(world, rules, { sampleSize }), world.catalog, uncountedShard('00'), never);
    expect(idsOf(await count(100))).toEqual(['a', 'b']);
    expect(idsOf(await count(1))).toEqual(['a']);
    expect((await count(0)).matching).toEqual({ total: 3, sample: [] });
  });

  test('reads raw events once a save takes the state of their condition out of documents', async () => {
    const world = new MemoryWorld();
    const chance = new Chance(1);
    const [made] = randomSegments(chance, world, 1);
    const filled = { ...made!, rules: [viewed], conditions: [{ id: '9.0', backfilledN: 101 }] };
    world.save(filled);
    const view = (leadId: string) => ({
      queue: 'event' as const,
      message: { eventId: `e-${leadId}`, leadId, eventType: 'Page View', occurredAt: at(world, 1) },
    });
    await deliver(world, ['a', 'b', 'c', 'd'].map(view));
    const before = world.catalog;
    const deactivate = () => {
      if (world.catalog !== before) return;
      world.save({ ...filled, active: false });
      for (const leadId of ['c', 'd']) change(world, leadId, { events: {}, catalogVersion: world.catalog.version });
    };
    let pages = 0;
    const ports = portsOf(world, () => {
      pages++;
      if (pages === 1) deactivate();
    });
    const opened: string[] = [];
    const eventPages: CountPorts['eventPages'] = (type, shard, from) => {
      opened.push(from);
      return ports.eventPages(type, shard, from);
    };
    const count = await countShard(
      { ...ports, eventPages },
      questionOf(world, [viewed]),
      before,
      uncountedShard('00'),
      never,
    );
    expect(idsOf(count)).toEqual(['a', 'b', 'c', 'd']);
    expect(opened).toEqual(['c']);
  });
});
