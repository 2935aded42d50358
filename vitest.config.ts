import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Journeys and the local run start real servers: two cores carry no more.
    maxWorkers: 2,
    // No test says how fast anything is: these only end one that hangs, on a slow and busy machine too.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
});
