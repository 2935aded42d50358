import type { OracleChange } from '../../oracle/oracle.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { seededChance } from '../lead-world.ts';
import { below, engagementLevels, madeEvent, oneOf } from '../load/load-world.ts';
import type { Members } from './ledger.ts';
import { previewAll } from './previews.ts';
import type { ScaleRun } from './scale-run.ts';
import { edits, firstRules, type SegmentName } from './scale-segments.ts';
import type { ScaleWorld } from './scale-world.ts';

const first = Object.keys(firstRules) as SegmentName[];
const maximumSaves = 20;

/** Everything that happens to segments, one after the other; after each step all is compared with the oracle. */
export async function runAcceptance(run: ScaleRun, world: ScaleWorld): Promise<void> {
  await previewAll(run, 'preview rules that no segment has', {
    names: first,
    expected: run.expected({}, first),
    isStored: false,
  });

  await run.step('create all segments at once', async () => {
    await mapConcurrently(first, 2, (name) => run.create(name));
    await run.create('referring');
    const expected = run.expected();
    return { states: [expected], recalculates: [...first, 'referring'] };
  });

  const [edit] = edits.score;
  const edited = run.expected({ score: edit }, ['score']);
  await run.step('edit one', async () => {
    await run.save('score', edit);
    return { states: [edited], recalculates: ['score'] };
  });

  await run.step('save again in the middle', async () => {
    const { saved, next } = await saveUntilUnderWay(run, 'visits');
    await run.save('visits', edits.visits[next % 2]!);
    return { states: saved(next + 1), recalculates: ['visits'] };
  });

  await run.step('kill everything in the middle, restart', async () => {
    const { saved, next } = await saveUntilUnderWay(run, 'attributes');
    await run.crash();
    return { states: saved(next), recalculates: ['attributes'] };
  });

  await run.step('pause one, change leads', async () => {
    await run.setActive('levels', false);
    await run.send(changesWhilePaused(world));
    return { states: [withFrozen(run, run.expected())], recalculates: [] };
  });

  const resumed = () => run.expected({}, ['levels']);
  await run.step('resume it', async () => {
    await run.setActive('levels', true);
    return { states: [resumed()], recalculates: ['levels'] };
  });

  const all = [...first, 'referring'] as const;
  const expected = run.expected();
  await previewAll(run, 'preview the rules of segments', { names: all, expected, isStored: true });
  const startedAt = Date.now();
  const wrong = await run.compareHistory();
  const events = { entered: 0, exited: 0, missingEvents: 0, unexpectedEvents: 0 };
  const seconds = (Date.now() - startedAt) / 1000;
  run.note({ step: 'compare the history', seconds, leadsPerSecond: 0, members: 0, wrong, ...events });
}

/**
 * Saves two edits of a segment in turns until the recalculation of one is seen under way. `next`: the number of the save
 * that would follow; `saved`: the states that so many saves asked for.
 */
async function saveUntilUnderWay(run: ScaleRun, name: keyof typeof edits & ('visits' | 'attributes')) {
  const asked = edits[name].map((definition): Members => run.expected({ [name]: definition }, [name]));
  const saved = (count: number) => Array.from({ length: count }, (_, index) => asked[index % 2]!);
  for (let save = 0; save < maximumSaves; save++) {
    await run.save(name, edits[name][save % 2]!);
    if (await run.isUnderWay(name)) return { saved, next: save + 1 };
  }
  throw new Error(`No recalculation of ${name} was seen under way: too few leads`);
}

/** What the segment that is paused held stays as it was. */
function withFrozen(run: ScaleRun, expected: Members): Members {
  return new Map([...expected].filter(([id]) => id !== run.idOf('levels')));
}

/** One change of each of some leads: levels, attributes and events in turns. */
function changesWhilePaused({ leadIds, startedAt }: ScaleWorld): OracleChange[] {
  const chance = seededChance(61);
  const some = leadIds.filter((_, index) => index % Math.ceil(leadIds.length / 600) === 0);
  const occurredAt = new Date().toISOString();
  return some.map((leadId, index): OracleChange => {
    const changeId = `paused-${index}`;
    if (index % 3 === 0) {
      const engagementLevel = oneOf(chance, engagementLevels);
      return {
        queue: 'level',
        message: { changeId, leadId, occurredAt, engagementLevel, profileLevel: 'Perfect Fit' },
      };
    }
    if (index % 3 === 1) {
      const attributes = { score: below(chance, 100), company_size: below(chance, 10_000), plan: 'plan alpha 0' };
      return { queue: 'profile', message: { changeId, leadId, occurredAt, attributes } };
    }
    const event = madeEvent(chance, changeId, leadId, startedAt);
    return { queue: 'event', message: { ...event, metadata: { path: '/pricing/teams', seconds: 250 } } };
  });
}
