import { rulesInputSchema } from '../shared/rule/rule.ts';
import { planCreate } from '../shared/segment/save-segment.ts';
import { Chance } from './chance.ts';
import { everyOperatorInEveryPlace, type PlacedRule } from './every-place.ts';
import { MemoryWorld } from './memory-world.ts';
import { factsOf, type Json, segmentsOf } from './oracle.ts';
import { day } from './random-values.ts';
import { manyChanges } from './random-world.ts';
import { deliver } from './steps.ts';
import { explained, found, passTime, previewed, recalculate, reconcile, spoil, stored } from './ways.ts';

/** The ways in which it is found out who is in a segment. */
export const ways = ['live', 'recalculation', 'preview', 'search', 'explanation', 'reconciliation'] as const;
export type Way = (typeof ways)[number];

/** What was compared with the oracle. */
export interface WaysCompared {
  /** By way. */
  readonly decisions: ReadonlyMap<Way, number>;
  /** In a sentence each. */
  readonly differences: readonly string[];
  /** Every place and operator, and for how many leads the oracle says yes and no there. */
  readonly answers: readonly { readonly what: string; readonly yes: number; readonly no: number }[];
}

/** Ids whose order is another in keys than as they are written. */
const leadIds = Array.from(
  { length: 16 },
  (_, index) => `${['l', '!', '#', '%', '/', 'ｚ', '𠮷'][index % 7]}${index + 1}`,
);

/**
 * A world in which each operator stands in each place where it can, one segment each: half of the segments are there
 * before the changes come and get their leads live, the others come later and get them by recalculation. All of them are
 * asked by preview, search and explanation, too; at last every membership is spoilt, for the reconciler to put right.
 */
export async function compareWays(seed: number): Promise<WaysCompared> {
  const chance = new Chance(seed);
  const world = new MemoryWorld();
  const changes = chance.shuffled(manyChanges(chance, world.now, leadIds));
  const facts = new Map(leadIds.map((leadId) => [leadId, factsOf(leadId, changes)!]));
  const membersBy = (rules: Json[]): Set<string> => {
    const asked = [{ id: 'asked', active: true, match: 'all' as const, rules }];
    return new Set(leadIds.filter((leadId) => segmentsOf(facts.get(leadId)!, asked, world.now).size > 0));
  };
  const dividesLeads = (rule: Json) => {
    const { size } = membersBy([rule]);
    return 0 < size && size < leadIds.length;
  };
  const placed = chance.shuffled(everyOperatorInEveryPlace(chance, world.now, dividesLeads));
  const answers = placed.map(({ place, operator, rule }) => {
    const yes = membersBy([rule]).size;
    return { what: `${place}: ${operator.name}`, yes, no: leadIds.length - yes };
  });

  const segmentOf = new Map<PlacedRule, string>();
  const save = (some: readonly PlacedRule[]) => {
    for (const one of some) segmentOf.set(one, saveSegment(world, one.rule));
  };
  const decisions = new Map<Way, number>(ways.map((way) => [way, 0]));
  const differences: string[] = [];
  const compare = (way: Way, { place, operator, rule }: PlacedRule, answer: readonly string[], leads = leadIds) => {
    const expected = membersBy([rule]);
    decisions.set(way, (decisions.get(way) ?? 0) + leads.length);
    for (const leadId of leads) {
      if (answer.includes(leadId) === expected.has(leadId)) continue;
      const said = `says ${expected.has(leadId) ? 'no' : 'yes'} of ${leadId}`;
      differences.push(`seed ${seed}, ${place}, ${operator.name}: ${way} ${said}; ${JSON.stringify(rule)}`);
    }
  };
  const compareStored = (way: Way, some: readonly PlacedRule[], leads = leadIds) => {
    for (const one of some) compare(way, one, stored(world, segmentOf.get(one)!), leads);
  };

  const half = Math.floor(placed.length / 2);
  const [early, late] = [placed.slice(0, half), placed.slice(half)];
  save(early);
  for (let from = 0; from < changes.length; from += 5) await deliver(world, changes.slice(from, from + 5));
  compareStored('live', early);
  save(late);
  for (const one of late) await recalculate(world, segmentOf.get(one)!);
  compareStored('recalculation', late);
  for (const one of placed) {
    const segment = world.catalog.known.get(segmentOf.get(one)!)!;
    compare('preview', one, await previewed(world, segment));
    compare('search', one, await found(world, segment));
    compare('explanation', one, await explained(world, segment));
  }
  // Once more, of leads that are in already; then what time flips.
  for (const one of early) await recalculate(world, segmentOf.get(one)!);
  compareStored('recalculation', early);
  for (let step = 0; step < 3; step++) {
    await passTime(world, world.now + 1 + chance.below(5 * day));
    compareStored('live', placed);
  }
  await passTime(world, world.now + day / 24);
  const { drifted } = await reconcile(world);
  if (drifted > 0) differences.push(`seed ${seed}: the reconciler finds fault with ${drifted} leads that are right`);
  spoil(world);
  const { comparedLeads } = await reconcile(world);
  compareStored('reconciliation', placed, comparedLeads);
  return { decisions, differences, answers };
}

/** Saves an active segment with just this rule; answers its id. */
function saveSegment(world: MemoryWorld, rule: Json): string {
  const { version, known } = world.catalog;
  const plan = planCreate(
    { name: `Segment ${version}`, description: '', active: true, match: 'all', rules: rulesInputSchema.parse([rule]) },
    {
      catalogVersion: version,
      known,
      now: new Date(world.now).toISOString(),
      author: 'bench',
      newId: (prefix) => `${prefix}_${version}`,
    },
  );
  world.save(plan.after!);
  return plan.after!.id;
}
