import { describe, expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { factsOf, type Json, type OracleChange, segmentsOf } from '../../oracle/oracle.ts';
import { day } from '../../oracle/random-values.ts';
import { randomChange, randomLevels, randomRule } from '../../oracle/random-world.ts';
import { deliver, randomSegments } from '../../oracle/steps.ts';
import { passTime, recalculate } from '../../oracle/ways.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { evaluateLeads } from '../../shared/membership/evaluate-leads.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { planChange } from '../../shared/segment/save-segment.ts';

const leadIds = ['l1', "l1'&", 'ü東@l3', 'l4~$'];

/** Changes the order of some levels; answers the segments that are to be recalculated for it. */
function changeLevels(chance: Chance, world: MemoryWorld): string[] {
  const { kind, names } = randomLevels(chance);
  world.setLevels(kind, names);
  const { version, active } = world.catalog;
  const concerned = [...active.values()].filter(({ lastSave }) => lastSave.savedInCatalog === version);
  return concerned.map(({ segment }) => segment.id);
}

/** Changes one segment's rules, as "Save Rules" does; references stay to segments made before it. */
function editOne(chance: Chance, world: MemoryWorld): string {
  const madeAs = ({ id }: Segment) => Number(id.split('x')[1]);
  const all = [...world.catalog.known.values()].sort((a, b) => madeAs(a) - madeAs(b));
  const index = chance.below(all.length);
  const before = all[index]!;
  const earlier = all.slice(0, index).map(({ id }) => id);
  const rules = chance.some(3, () => randomRule(chance, world.now, earlier));
  const plan = planChange(
    before,
    { rules: rules as unknown as Rule[] },
    {
      catalogVersion: world.catalog.version,
      known: world.catalog.known,
      now: new Date(world.now).toISOString(),
      author: 'somebody',
      newId: (prefix) => `${prefix}_${world.catalog.version}e${chance.below(1_000_000)}`,
    },
  );
  world.save(plan.after!);
  return before.id;
}

/** Leads that a person keeps in a segment (true) or out of it (false), by lead. */
type Held = Map<string, Map<string, boolean>>;

/** Pins a lead to a segment, excludes it, lifts either, or deletes the lead. */
async function changeMemberships(chance: Chance, world: MemoryWorld, held: Held): Promise<void> {
  const leadId = chance.oneOf(leadIds);
  const isLead = world.documents.has(leadId) && !world.documents.get(leadId)?.isDeleted;
  if (chance.is(0.25)) {
    await evaluateLeads(world.ports, [{ leadId, deletes: true }]);
    held.delete(leadId);
    return;
  }
  const segmentId = chance.oneOf([...world.catalog.active.keys()]);
  const ofLead = held.get(leadId) ?? new Map<string, boolean>();
  // Half of what stands is lifted, so that rules decide that were not asked for a while.
  const [standing] = ofLead.keys();
  if (standing !== undefined && world.catalog.active.has(standing) && chance.is(0.5)) {
    const command = { id: `act_${chance.below(1e9)}`, kind: 'lifted' as const, segmentId: standing, author: 'ada' };
    await evaluateLeads(world.ports, [{ leadId, command }]);
    if (isLead) ofLead.delete(standing);
    return;
  }
  const kind = chance.oneOf(['pinned', 'excluded'] as const);
  const command = { id: `act_${chance.below(1e9)}`, kind, segmentId, author: 'ada' };
  await evaluateLeads(world.ports, [{ leadId, command }]);
  if (isLead) held.set(leadId, ofLead.set(segmentId, kind === 'pinned'));
}

/** The changes that exist for the lead: those that happened after its deletion, if it was deleted. */
function existing(world: MemoryWorld, leadId: string, sent: OracleChange[]): OracleChange[] {
  const deletedAt = world.documents.get(leadId)?.deletedAt ?? Number.NEGATIVE_INFINITY;
  return sent.filter(({ queue, message }) => queue === 'account' || Date.parse(String(message.occurredAt)) > deletedAt);
}

function expectExact(world: MemoryWorld, sent: OracleChange[], held: Held, seed: number): void {
  const segments = [...world.catalog.known.values()].map((segment) => ({
    ...segment,
    rules: segment.rules as unknown as Json[],
  }));
  for (const leadId of leadIds) {
    const facts = factsOf(leadId, existing(world, leadId, sent));
    const document = world.documents.get(leadId);
    const { levels } = world.catalog.context;
    const expected = facts ? [...segmentsOf(facts, segments, world.now, levels, held.get(leadId))].sort() : [];
    const actual = segments.map(({ id }) => id).filter((id) => document && isMember(document, id));
    expect({ seed, leadId, segments: actual.sort() }).toEqual({ seed, leadId, segments: expected });
  }
  const sequences = new Map<string, number>();
  for (const { leadId, transition } of world.transitions) {
    const key = `${leadId} ${transition.segmentId}`;
    expect(transition.sequence).toBe((sequences.get(key) ?? 0) + 1);
    sequences.set(key, transition.sequence);
  }
}

const seeds = Array.from({ length: Number(process.env.EXACT_SEEDS ?? 150) }, (_, index) => [
  Number(process.env.EXACT_FROM ?? 1) + index,
]);

describe('any order and any repetition of changes, saves and time ends as evaluating from scratch does', () => {
  test.each(seeds)('seed %i', async (seed) => {
    const chance = new Chance(seed);
    const world = new MemoryWorld();
    randomSegments(chance, world, 1 + chance.below(12));
    const sent = Array.from({ length: 10 + chance.below(30) }, (_, serial) =>
      randomChange(chance, world.now, leadIds, serial),
    );
    const deliveries = chance.shuffled([...sent, ...sent.filter(() => chance.is(0.5))]);
    const known: OracleChange[] = [];
    const held: Held = new Map();
    const unfinished = new Set(world.catalog.known.keys());
    while (deliveries.length > 0) {
      const batch = deliveries.splice(0, 1 + chance.below(6));
      await deliver(world, batch);
      known.push(...batch);
      if (chance.is(0.2)) unfinished.add(editOne(chance, world));
      if (chance.is(0.3)) for (const id of changeLevels(chance, world)) unfinished.add(id);
      if (chance.is(0.2)) await changeMemberships(chance, world, held);
      if (chance.is(0.3)) {
        await recalculate(world, ...unfinished);
        unfinished.clear();
        await passTime(world, world.now);
        expectExact(world, known, held, seed);
      }
      if (chance.is(0.3)) await passTime(world, world.now + chance.below(12) * (day / 4));
    }
    for (const id of unfinished) await recalculate(world, id);
    await passTime(world, world.now);
    expectExact(world, known, held, seed);
    for (let step = 0; step < 6; step++) {
      await passTime(world, world.now + 1 + chance.below(8 * day));
      expectExact(world, known, held, seed);
    }
  });
});
