import { defineConfig } from 'vitest/config';
import { functionSettings } from './test/settings-of-functions.ts';

/** Tests against the whole product, which runs on this machine. */
const wholeStack = ['test/journeys/**/*.test.ts', 'test/browser/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: wholeStack, env: functionSettings },
      },
      {
        extends: true,
        test: { name: 'whole', include: wholeStack, globalSetup: 'test/journeys/synthesize-once.ts' },
      },
    ],
    // Journeys and the local run start real servers: two cores carry no more.
    maxWorkers: 2,
    // No test says how fast anything is: these only end one that hangs, on a slow and busy machine too.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
});
