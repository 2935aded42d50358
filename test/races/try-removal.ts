import type { Removal } from './removal.ts';
import { runSchedule } from './schedule.ts';

/** How a removal was found out: under which seed, and what was wrong; or not, in that many schedules. */
export interface Trial {
  readonly schedules: number;
  readonly seed?: number;
  readonly error?: string;
}

/** Runs schedules without the step until one goes wrong as it must, at most that many. */
export async function tryRemoval(removal: Removal, most: number): Promise<Trial> {
  for (let seed = 1; seed <= most; seed++) {
    const { errors } = await runSchedule(seed, { removal });
    const error = errors.find((found) => removal.shows.test(found));
    if (error !== undefined) return { schedules: seed, seed, error };
  }
  return { schedules: most };
}
