import { expect, test } from 'vitest';
import { healthSchema } from '../../shared/http/answer.ts';

const queue = { waiting: 0, deadLetters: 0, oldestUnprocessedSeconds: 0 };
const health = {
  status: 'ok',
  freshAsOf: '2026-05-04T09:30:02.000Z',
  queues: { profileChanges: queue },
  innerQueues: { jobs: { waiting: 0, deadLetters: 0 } },
  parkedEvents: 0,
  keptOutMessages: 0,
  failedBatches: 0,
};

test.each(['ok', 'degraded', 'late'])('health may be %s, as the contract tells', (status) => {
  expect(healthSchema.parse({ ...health, status })).toEqual({ ...health, status });
});

test('health is nothing else', () => {
  expect(healthSchema.safeParse({ ...health, status: 'fine' }).success).toBe(false);
  expect(healthSchema.safeParse({ ...health, parkedEvents: -1 }).success).toBe(false);
});
