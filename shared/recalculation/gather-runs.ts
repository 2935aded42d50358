import type { OpenRun } from './recalculation.ts';

/** One or two segments that a person saves do not wait for each other. */
const fewestRuns = 5;
/** More are expected for as long (ms) after the last one began. */
const lullMs = 2_000;
/** No run waits longer (ms) than that for others. */
const longestMs = 30_000;

/**
 * How long (s) a round should wait before it reads the first lead, because runs are being begun one after the other: those
 * that begin later would have it read all leads again. 0: not at all. `now`: epoch ms.
 */
export function gatheringSeconds(waiting: readonly Pick<OpenRun, 'startedAt'>[], now: number): number {
  if (waiting.length < fewestRuns) return 0;
  const begun = waiting.map(({ startedAt }) => Date.parse(startedAt));
  const until = Math.min(Math.max(...begun) + lullMs, Math.min(...begun) + longestMs);
  return Math.max(0, Math.ceil((until - now) / 1_000));
}
