import { gatheringSeconds } from '../../shared/recalculation/gather-runs.ts';
import type { RunStore } from '../../shared/recalculation/run-store.ts';

/** Whether rounds let runs gather now, or did until just now: then messages for them come within seconds. */
export async function runsGather({ runs }: Pick<RunStore, 'runs'>): Promise<boolean> {
  const justNow = Date.now() - 1_500;
  return gatheringSeconds(await runs.open(), justNow) > 0;
}
