import { Chance } from '../oracle/chance.ts';
import { compareWays, type Way, type WaysCompared } from '../oracle/compare-ways.ts';
import { MemoryWorld } from '../oracle/memory-world.ts';
import { factsOf, type Json, type OracleChange, segmentsOf } from '../oracle/oracle.ts';
import { randomChange } from '../oracle/random-world.ts';
import { deliver, randomSegments } from '../oracle/steps.ts';
import { newestFirst, type SeenEvent } from '../shared/lead/event-order.ts';
import { isMember } from '../shared/lead/lead-document.ts';
import type { Subject } from '../shared/matcher/evaluation.ts';

const leadIds = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'];
const changesPerWorld = 60;

/** What random worlds showed: how many (segment, change) decisions were compared, and how many differed. */
export interface Agreement {
  readonly decisions: number;
  readonly disagreements: number;
}

/**
 * Random catalogs of 1 to 300 segments with groups, events, windows and nesting, random changes in any order and some of
 * them twice: after each change, the memberships that the matcher and the evaluator led to, the evaluator from scratch,
 * and the slow oracle are compared for every segment of the changed leads.
 */
export async function compareWithOracle(decisions: number, seed: number): Promise<Agreement> {
  let compared = 0;
  let disagreements = 0;
  for (let world = 0; compared < decisions; world++) {
    const result = await compareInOneWorld(seed + world);
    compared += result.decisions;
    disagreements += result.disagreements;
  }
  return { decisions: compared, disagreements };
}

async function compareInOneWorld(seed: number): Promise<Agreement> {
  const chance = new Chance(seed);
  const world = new MemoryWorld();
  const segments = randomSegments(chance, world, 1 + chance.below(300));
  const forOracle = segments.map((segment) => ({ ...segment, rules: segment.rules as unknown as Json[] }));
  const sent = Array.from({ length: changesPerWorld }, (_, serial) => randomChange(chance, world.now, leadIds, serial));
  const known: OracleChange[] = [];
  let decisions = 0;
  let disagreements = 0;
  for (const change of chance.shuffled([...sent, ...sent.filter(() => chance.is(0.2))])) {
    await deliver(world, [change]);
    known.push(change);
    const changed = change.queue === 'account' ? leadIds : [String(change.message.leadId)];
    for (const leadId of changed) {
      const document = world.documents.get(leadId);
      const facts = factsOf(leadId, known);
      if (!document || !facts) continue;
      const expected = segmentsOf(facts, forOracle, world.now);
      const subject = subjectFromScratch(world, leadId);
      for (const { id } of segments) {
        decisions++;
        const stored = isMember(document, id);
        const evaluated = world.catalog.active.get(id)!.holds(subject);
        if (stored !== expected.has(id) || evaluated !== expected.has(id)) disagreements++;
      }
    }
  }
  return { decisions, disagreements };
}

/** A subject whose events are read anew from all that were stored. */
function subjectFromScratch(world: MemoryWorld, leadId: string): Subject {
  const document = world.documents.get(leadId)!;
  const { now } = world;
  return {
    document,
    now,
    events: (condition) => {
      const ofType = world.events.filter((event) => event.leadId === leadId && event.eventType === condition.eventType);
      const matching = ofType.filter(({ metadata = {} }) => condition.matches(metadata, now));
      return newestFirst(matching.map(({ occurredAt, eventId }): SeenEvent => [occurredAt, eventId]));
    },
    eventsFlipAt: () => Number.POSITIVE_INFINITY,
    isMemberOf: (segmentId) => isMember(document, segmentId),
  };
}

/** Each way to the leads of a segment, with every operator in every place, in so many worlds. */
export async function compareEveryWay(
  worlds: number,
  seed: number,
): Promise<Pick<WaysCompared, 'decisions' | 'differences'>> {
  const decisions = new Map<Way, number>();
  const differences: string[] = [];
  for (let world = 0; world < worlds; world++) {
    const compared = await compareWays(seed + world);
    for (const [way, count] of compared.decisions) decisions.set(way, (decisions.get(way) ?? 0) + count);
    differences.push(...compared.differences);
  }
  return { decisions, differences };
}
