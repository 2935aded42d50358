import { beforeAll, describe, expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import { factsOf, type Json, type OracleChange, type OracleSegment, segmentsOf } from '../../oracle/oracle.ts';
import { day } from '../../oracle/random-values.ts';
import { randomChange, randomRule } from '../../oracle/random-world.ts';
import { operatorNames } from '../../shared/rule/operator.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import type { BusListener } from './bus-listener.ts';
import { type ChangeQueue, useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;

const chance = new Chance(Number(process.env.EXACT_FROM ?? 20_260_310));
const now = Date.now();
const leadIds = Array.from({ length: 200 }, (_, index) =>
  index % 9 === 0 ? `o'neil+${index}&co@büro.東京` : `lead-${index}`,
);
const queues: Record<OracleChange['queue'], ChangeQueue> = {
  profile: 'profileChanges',
  level: 'levelChanges',
  event: 'leadEvents',
  account: 'accountChanges',
};
/** Killed in the middle of their work, one after the other. */
const victims = ['LeadEvents', 'ProjectMemberships', 'ProfileChanges', 'Jobs', 'LevelChanges', 'AccountChanges'];

const randomSegments = 18;

/** What a rule has that must be tried: its types, operators and the parts of event rules. */
function featuresOf(rule: Json): string[] {
  const inner = ((rule.rules ?? []) as Json[]).flatMap(featuresOf);
  const further = ((rule.and ?? []) as Json[]).map(({ operator }) => `${operator}`);
  const parts = ['and', 'times', 'withinDays'].filter((part) => part in rule);
  return [rule.type, rule.operator ?? `${rule.match} group`, ...parts, ...further, ...inner].map(String);
}

const types = [
  ...['lead_metadata', 'account_metadata', 'event_metadata', 'segment', 'group'],
  ...['engagement_level', 'profile_level', 'account_level'],
];
const wanted = [...types, ...operatorNames, 'and', 'times', 'withinDays', 'all group', 'any group', 'none group'];

/** Random rules until every type, operator and part was there. */
function rulesOfEveryKind(segmentIds: readonly string[]): Json[] {
  const missing = new Set(wanted);
  const rules: Json[] = [];
  for (let tries = 0; missing.size > 0; tries++) {
    if (tries === 20_000) throw new Error(`No rule has ${[...missing].join(', ')}`);
    const rule = randomRule(chance, now, segmentIds);
    const features = featuresOf(rule);
    if (features.length > 8 || !features.some((feature) => missing.has(feature))) continue;
    for (const feature of features) missing.delete(feature);
    rules.push(rule);
  }
  return rules;
}

/** A change that one of the templates reads. */
function commonChange(serial: number): OracleChange {
  const leadId = chance.oneOf(leadIds);
  const occurredAt = new Date(now - chance.below(30 * day)).toISOString();
  const event = (eventType: string, metadata?: Json): OracleChange => ({
    queue: 'event',
    message: { leadId, eventId: `common-${serial}`, eventType, occurredAt, ...(metadata && { metadata }) },
  });
  return chance.oneOf<() => OracleChange>([
    () => event('Form Submit', { form_id: chance.oneOf(['Demo-2026', 'newsletter', 'book-a-demo']) }),
    () => event('Page View', { path: chance.oneOf(['/Pricing', '/home', '/pricing/teams', '/blog']) }),
    () => event('Webinar Attend'),
    () => ({
      queue: 'profile',
      message: {
        leadId,
        occurredAt,
        changeId: `common-${serial}`,
        attributes: {
          seniority: chance.oneOf(['vp', 'Director', 'Manager', null]),
          job_title: chance.oneOf(['Software Engineer', 'Head of Sales', 'ENGINEERING lead', '']),
        },
      },
    }),
  ])();
}

const changes = Array.from({ length: 600 }, (_, serial) =>
  chance.is(0.3) ? commonChange(serial) : randomChange(chance, now, leadIds, serial),
);

describe('200 leads, changes in any order and each sent twice, saves in between and functions that die', () => {
  let bus: BusListener;
  let segments: OracleSegment[];
  let ended = 0;

  async function sendAll(deliveries: readonly OracleChange[]): Promise<void> {
    for (const [from, queue] of Object.entries(queues)) {
      const messages = deliveries.filter((change) => change.queue === from).map(({ message }) => message);
      await running.current.send(queue, ...messages);
    }
  }

  /** Waits for recalculations: those that are asked for one after the other gather before leads are read. */
  const recalculated = (ids: readonly string[]) =>
    Promise.all(ids.map((id) => api().get(`/segments/${id}?waitFor=revision`)));

  beforeAll(async () => {
    bus = await running.current.listenToBus('entered-and-exited', {
      'detail-type': ['Lead Entered Segment', 'Lead Exited Segment'],
    });
    const ids: string[] = [];
    for (const template of segmentTemplates) ids.push((await api().create({ ...template, active: true })).id);
    const rules = rulesOfEveryKind(ids);
    for (let index = 0; index < randomSegments; index++) {
      const own = rules.filter((_, at) => at % randomSegments === index);
      const match = own.length > 3 || chance.is(0.5) ? 'any' : 'all';
      ids.push((await api().create({ name: `Random ${index}`, active: true, match, rules: own })).id);
    }
    await running.current.settle();

    const deliveries = chance.shuffled([...changes, ...changes]);
    const portion = Math.ceil(deliveries.length / victims.length);
    for (const [index, victim] of victims.entries()) {
      await sendAll(deliveries.slice(index * portion, (index + 1) * portion));
      const edited = segmentTemplates.length + chance.below(randomSegments);
      const newRules = chance.some(2, () => randomRule(chance, now, ids.slice(0, edited)));
      const saved = api().put(`/segments/${ids[edited]}/rules`, { rules: newRules });
      await new Promise((resolve) => setTimeout(resolve, 50 + chance.below(300)));
      ended += await running.current.kill(victim);
      expect((await saved).status).toBe(200);
      if (chance.is(0.5)) await running.current.settle(120_000);
    }
    await recalculated(ids);
    await running.current.settle(120_000);
    segments = (await Promise.all(ids.map((id) => api().segment(id)))) as OracleSegment[];
  }, 240_000);

  /** The members that evaluating every lead from scratch finds. */
  function expectedMembers(): Map<string, string[]> {
    const members = new Map(segments.map(({ id }) => [id, [] as string[]]));
    const at = Date.now();
    for (const leadId of leadIds) {
      const facts = factsOf(leadId, changes);
      for (const id of facts ? segmentsOf(facts, segments, at) : []) members.get(id)!.push(leadId);
    }
    for (const leads of members.values()) leads.sort();
    return members;
  }

  test('functions did die in the middle', () => expect(ended).toBeGreaterThan(0));

  test('every segment has exactly the members that evaluating from scratch finds', async () => {
    const expected = expectedMembers();
    for (const { id, rules } of segments) {
      expect({ rules, members: await api().members(id) }).toEqual({ rules, members: expected.get(id) });
    }
    const sizes = [...expected.values()].map(({ length }) => length);
    expect(sizes.filter((size) => size > 0 && size < leadIds.length).length).toBeGreaterThan(15);
  });

  test('every count is the number of members', async () => {
    for (const { id } of segments) {
      const { memberCount } = await api().segment(id);
      expect({ id, memberCount }).toEqual({ id, memberCount: (await api().members(id)).length });
    }
  });

  test('every preview counts the members, and nobody would enter or leave', async () => {
    for (const { id, match, rules } of segments) {
      const { body } = await api().post('/preview', { fresh: true, match, rules, segmentId: id, sampleSize: 1 });
      const { total, entering, leaving } = body;
      expect({ rules, total, entering: entering.total, leaving: leaving.total }).toEqual({
        rules,
        total: (await api().members(id)).length,
        entering: 0,
        leaving: 0,
      });
    }
  });

  test('every lead’s own list agrees', async () => {
    const expected = expectedMembers();
    for (const leadId of leadIds.filter((_, index) => index % 10 === 0)) {
      if (!factsOf(leadId, changes)) continue;
      const inSegments = [...expected].filter(([, members]) => members.includes(leadId)).map(([id]) => id);
      expect({ leadId, segments: await api().segmentsOf(leadId) }).toEqual({ leadId, segments: inSegments.sort() });
    }
  });

  test('events of each lead and segment alternate without a gap, and add up to the members', async () => {
    const heard = new Map((await bus.heard()).map((event) => [event.detail.id, event]));
    const bySequence = new Map<string, number[]>();
    for (const { detail, 'detail-type': type } of heard.values()) {
      expect(detail.id).toBe(`${detail.lead.id}:${detail.segment.id}:${detail.sequence}`);
      expect(type).toBe(detail.sequence % 2 === 1 ? 'Lead Entered Segment' : 'Lead Exited Segment');
      const key = `${detail.segment.id} ${detail.lead.id}`;
      bySequence.set(key, [...(bySequence.get(key) ?? []), detail.sequence]);
    }
    const inNow = new Map(segments.map(({ id }) => [id, [] as string[]]));
    for (const [key, sequences] of bySequence) {
      const [segmentId, leadId] = key.split(' ') as [string, string];
      const gapless = sequences.map((_, index) => index + 1);
      expect({ key, sequences: sequences.sort((a, b) => a - b) }).toEqual({ key, sequences: gapless });
      if (sequences.length % 2 === 1) inNow.get(segmentId)!.push(leadId);
    }
    for (const [id, leadsIn] of inNow)
      expect({ id, members: leadsIn.sort() }).toEqual({ id, members: await api().members(id) });
  });

  test('recalculating everything finds nothing to correct', async () => {
    const before = (await bus.heard()).length;
    const ids = segments.slice(10, 16).map(({ id }) => id);
    for (const id of ids) await api().post(`/segments/${id}/recalculate`);
    await recalculated(ids);
    await running.current.settle(120_000);
    expect((await bus.heard()).length).toBe(before);
    for (const { id } of segments.slice(10, 16)) {
      expect((await api().segment(id)).recalculation).toMatchObject({ state: 'done', entering: 0, leaving: 0 });
    }
  });

  test('nothing was refused or left undone', async () => {
    for (const queue of Object.values(queues)) expect(await running.current.deadLettersOf(queue)).toEqual([]);
    expect(await running.current.receiveAll(running.current.file.allQueues.busDeadLetters!)).toEqual([]);
    const runs = await Promise.all(segments.map(async ({ id }) => (await api().segment(id)).recalculation.state));
    expect(new Set(runs)).toEqual(new Set(['done']));
  });
});
