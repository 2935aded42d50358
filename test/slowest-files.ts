import type { Reporter, TestModule } from 'vitest/node';

const shown = 10;

/** Prints the files that took longest, so that a run says itself where its minutes went. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // Hooks belong to the time of a file: a journey's stack is started in one.
    const timed = modules.map((module) => {
      const { collectDuration, setupDuration, prepareDuration, duration } = module.diagnostic();
      return { path: module.relativeModuleId, ms: collectDuration + setupDuration + prepareDuration + duration };
    });
    timed.sort((a, b) => b.ms - a.ms);
    const lines = timed.slice(0, shown).map(({ path, ms }) => `${(ms / 1_000).toFixed(1).padStart(8)} s  ${path}`);
    if (timed.length > shown) console.log(`\nThe slowest files:\n${lines.join('\n')}\n`);
  }
}
