import { describe, expect, test } from 'vitest';
import type { Removal } from './removal.ts';
import { runSchedule } from './schedule.ts';

const schedules = Number(process.env.RACE_SCHEDULES ?? 300);
const perTest = Math.min(50, schedules);
const groups = Array.from({ length: Math.ceil(schedules / perTest) }, (_, index) => 1 + index * perTest);

/** Nobody is killed, and the minute schedule never looks after recalculations. */
const withoutRestarts: Removal = {
  ...{ name: 'restarts', seed: 1, protects: '', shows: /./ },
  isWithoutRestarts: true,
  roughness: { kill: 0, fault: 0 },
};

/** What went wrong under a seed, with the last of what happened: `npm run test:races -- --seed N` shows all of it. */
async function failuresOf(seed: number, hasDeployment = false): Promise<string[]> {
  const { errors } = await runSchedule(seed, { hasDeployment });
  if (errors.length === 0) return [];
  const { trace } = await runSchedule(seed, { hasDeployment, isTraced: true });
  return [`seed ${seed}`, ...errors, ...trace.slice(-40)];
}

describe('whatever AWS call goes on next, and whoever is killed at it, all ends as evaluating from scratch does', () => {
  test.each(groups)('seeds %i and the following', { timeout: 400_000 }, async (from) => {
    for (let seed = from; seed < from + perTest; seed++) expect(await failuresOf(seed)).toEqual([]);
  });

  test('so it does while the next release, which raised formats, is deployed', { timeout: 400_000 }, async () => {
    for (let seed = 1; seed <= schedules / 10; seed++) expect(await failuresOf(seed, true)).toEqual([]);
  });

  test('no run waits for a round that nobody goes on with: where nobody is killed, none needs the minute schedule', {
    timeout: 400_000,
  }, async () => {
    let unharmed = 0;
    for (let seed = 1; seed <= schedules; seed++) {
      const { errors, kills } = await runSchedule(seed, { removal: withoutRestarts });
      // Lambda ends who takes longer than fifteen minutes, and hours may pass in a schedule.
      if (kills > 0) continue;
      unharmed++;
      expect([seed, ...errors]).toEqual([seed]);
    }
    expect(unharmed).toBeGreaterThan(schedules / 2);
  });

  test('nor for one that lets runs gather, which are begun one after the other', { timeout: 400_000 }, async () => {
    const removal: Removal = { ...withoutRestarts, themes: ['series'] };
    let gathered = 0;
    const seeds = Math.max(10, schedules / 15);
    for (let seed = 1; seed <= seeds; seed++) {
      const { errors, kills, trace } = await runSchedule(seed, { removal, isTraced: true });
      if (kills > 0) continue;
      expect([seed, ...errors]).toEqual([seed]);
      if (trace.some((line) => /recalculation.* after \d+ s/.test(line))) gathered++;
    }
    expect(gathered).toBeGreaterThan(seeds / 4);
  });

  test('a seed decides everything: the same seed is the same schedule, whatever ran before', async () => {
    const first = await runSchedule(7, { isTraced: true });
    await runSchedule(8);
    expect(await runSchedule(7, { isTraced: true })).toEqual(first);
    expect(first.trace.length).toBeGreaterThan(50);
  });
});
