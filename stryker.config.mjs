// @ts-check
/** Mutation testing of what decides (`npm run mutate`): see docs/testing.md. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['shared/rule/*.ts', 'shared/matcher/*.ts', 'shared/catalog/catalog.ts', 'shared/vocabulary/lint.ts'],
  plugins: ['./test/mutation/in-process-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  // TypeScript 7 has no JavaScript interface, with which Stryker would read its configuration.
  tsconfigFile: 'none',
  concurrency: 1,
  timeoutMS: 5_000,
  timeoutFactor: 3,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  tempDirName: '.local/stryker',
  ignorePatterns: ['/console', '/infra', '/functions', '/local', '/tools', '/docs', '/dist', '/reports', '/cdk.out'],
  reporters: ['clear-text', 'json', 'html', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/mutation.html' },
  thresholds: { high: 95, low: 90, break: 90 },
};
