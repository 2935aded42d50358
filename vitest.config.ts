import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';
import { functionSettings } from './test/settings-of-functions.ts';
import { SlowestFiles } from './test/slowest-files.ts';
import { UnusedGrants } from './test/unused-grants.ts';

/** Tests against the whole product, which runs on this machine: stacks, floods of them, a browser. */
const whole = [
  ...['test/journeys/**/*.test.ts', 'test/browser/**/*.test.ts', 'test/client/**/*.test.ts'],
  ...['test/bench/{bus,load,scale}.test.ts', 'test/local/{stack,start}.test.ts'],
];

/** Tests of what speaks over a wire, or starts a process: one stand-in or two, bundles, the validator of templates. */
const wire = [
  ...['test/api/**/*.test.ts', 'test/local/**/*.test.ts', 'test/tools/**/*.test.ts'],
  ...['test/aws/clients.test.ts', 'test/freshness/freshness.test.ts', 'test/projection/row-store.test.ts'],
  ...['test/segment/{clean-up-shard,segment-reads}.test.ts', 'test/export/{export-file-store,member-csv}.test.ts'],
  ...['test/recalculation/shared-round.test.ts', 'test/schedules/catalog-snapshot.test.ts'],
  'test/read-budget/ledger-store.test.ts',
  'test/queues/{account-at-its-limit,hostile-batches,jobs,lead-at-its-limit,lead-changes,take-more}.test.ts',
];

/** What puts something else in the place of a module, which the others must not see. */
const alone = ['test/rule/new-operator.test.ts'];

/** Tests of what the CDK makes of the stack. */
const template = ['test/infra/**/*.test.ts'];

/** What is deployed, each function by itself; also tried on the Node.js of Lambda (`npm run test:node24`). */
const bundles = ['test/infra/bundle.test.ts'];

/** What tests the tests, and two that take ten seconds each: `--mode quick` leaves them to `npm test`. */
const notQuick = ['test/races/removals.test.ts', 'test/membership/ways.test.ts', 'test/queues/large-account.test.ts'];

/** Of random worlds and schedules, those for a run while working: `--mode quick`. */
const fewerSeeds = {
  EXACT_SEEDS: '40',
  HOSTILE_RUNS: '60',
  IMPORT_SHARE: '0.1',
  MATCHER_SEEDS: '40',
  RACE_SCHEDULES: '20',
  SENTENCE_SEEDS: '300',
};

const withAssembly = { globalSetup: 'test/assembly-once.ts' };

export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: whole, setupFiles: 'test/assembly-of-benches.ts', ...withAssembly },
      },
      { extends: true, test: { name: 'wire', include: wire, exclude: whole, ...withAssembly } },
      // Loading the CDK takes longer than most of these tests.
      { extends: true, test: { name: 'template', include: template, exclude: bundles, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'bundles', include: bundles } },
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...whole, ...wire, ...template, ...alone, ...(mode === 'quick' ? notQuick : [])],
          // Loading what they test takes most of these files longer than testing it: it is loaded once.
          isolate: false,
        },
      },
    ],
    env: { ...functionSettings, ...(mode === 'quick' && fewerSeeds) },
    // Journeys and the local run start real servers: two cores carry no more.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // No test says how fast anything is: these only end one that hangs, on a slow and busy machine too.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }], new SlowestFiles(), new UnusedGrants()],
  },
}));
