import type { Surroundings } from '../aws/surroundings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { startMissingRuns } from './begin-missing-runs.ts';
import type { Recalculation } from './recalculation.ts';
import { restartStep, restartsSinceProgress } from './restart.ts';
import type { Round } from './round.ts';
import type { RunStore } from './run-store.ts';
import type { RunStarter } from './start-run.ts';

/** What runs are looked after with. */
interface RunTenderPorts extends Pick<Surroundings, 'now' | 'newRunId'> {
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly recalculations: Pick<
    RunStore,
    'all' | 'begin' | 'allRounds' | 'progress' | 'giveUp' | 'beginNextAttempt' | 'forget'
  >;
  readonly starter: RunStarter;
  /** Whether no message waits in the queue of jobs. */
  readonly isQueueEmpty: () => Promise<boolean>;
}

/**
 * Looks after recalculations, each minute: begins the runs that a save did not come to begin, sends the messages of runs
 * that make no progress again, ends those as failed that this does not help, and tries failed ones again when their time
 * has come. Of an inactive segment none goes on: its next activation begins its own.
 */
export function createRunTender(ports: RunTenderPorts): () => Promise<void> {
  const { catalog, recalculations, starter } = ports;

  const lookAfter = async (run: Recalculation, rounds: readonly Round[], isQueueEmpty: boolean): Promise<void> => {
    const progress = await recalculations.progress(run, rounds);
    const now = ports.now();
    switch (restartStep(run, progress, { now, isQueueEmpty })) {
      case 'send_again':
        return starter.start(run, progress, restartsSinceProgress(run, progress) + 1);
      case 'give_up':
        return recalculations.giveUp(run);
      case 'retry':
        if (!(await recalculations.beginNextAttempt(run, progress, now))) return;
        return starter.start({ ...run, attempt: (run.attempt ?? 1) + 1 }, progress);
      case 'wait':
    }
  };

  return async () => {
    await startMissingRuns(recalculations, starter, await catalog.current(), ports);
    const open = (await recalculations.all()).filter(({ state }) => state !== 'done');
    if (open.length === 0) return;
    // After the runs, so that the catalog knows every activation that began one.
    const [{ active }, rounds, isQueueEmpty] = await Promise.all([
      catalog.current(),
      recalculations.allRounds(),
      ports.isQueueEmpty(),
    ]);
    for (const run of open) {
      if (active.has(run.segmentId)) await lookAfter(run, rounds, isQueueEmpty);
      else await recalculations.forget(run);
    }
  };
}
