import type { Removal } from './removal.ts';
import { runSchedule } from './schedule.ts';

/** How a removal was found out: under which seed, and what was wrong; or not, in that many schedules. */
export interface Trial {
  readonly schedules: number;
  readonly seed?: number;
  readonly error?: string;
}

/** Runs schedules without the step until one goes wrong as it must, at most that many; that seed first, if it is given. */
export async function tryRemoval(removal: Removal, most: number, first?: number): Promise<Trial> {
  const seeds = Array.from({ length: most }, (_, index) => index + 1);
  if (first !== undefined) seeds.unshift(first);
  for (const [index, seed] of seeds.entries()) {
    const { errors } = await runSchedule(seed, { removal });
    const error = errors.find((found) => removal.shows.test(found));
    if (error !== undefined) return { schedules: index + 1, seed, error };
  }
  return { schedules: seeds.length };
}
