import type { Construct } from 'constructs';
import { wholeNumber } from './whole-number.ts';

/**
 * How much of the account's concurrency the function of each queue may take, in percent: together less than all of it, so
 * that a flood in every queue leaves room for the API, the streams and the schedules.
 */
const shares = {
  profileChanges: 10,
  levelChanges: 10,
  leadEvents: 10,
  accountChanges: 5,
  dueLeads: 10,
  promptJobs: 10,
  jobs: 15,
  backgroundJobs: 2,
  imports: 2,
} as const;

/** A queue that wakes a function. */
export type WakingQueue = keyof typeof shares;

/** What a new account has, until AWS raises it. */
const ofNewAccount = 10;
/** What Lambda takes as a maximum concurrency. */
const [least, most] = [2, 1_000];

/**
 * How many batches of each queue are worked on at once, at most. By the context `accountConcurrency` (`-c
 * accountConcurrency=1000`: the quota "Concurrent executions" of the account; 10 without one), and `maxConcurrency` for some
 * (`-c maxConcurrency=leadEvents=200,jobs=50`). Throws for anything else.
 */
export function maximumConcurrencies(scope: Construct): Readonly<Record<WakingQueue, number>> {
  const account = wholeNumber(
    'accountConcurrency',
    scope.node.tryGetContext('accountConcurrency') ?? ofNewAccount,
    10,
    1e6,
  );
  const byShare = Object.entries(shares).map(([queue, percent]) => {
    return [queue, Math.min(most, Math.max(least, Math.floor((account * percent) / 100)))];
  });
  return { ...Object.fromEntries(byShare), ...chosen(scope.node.tryGetContext('maxConcurrency')) };
}

function chosen(context: unknown): Partial<Record<WakingQueue, number>> {
  if (context === undefined) return {};
  const entries = String(context)
    .split(',')
    .map((entry) => entry.split('='));
  return Object.fromEntries(
    entries.map(([queue = '', number]) => {
      if (!Object.hasOwn(shares, queue)) {
        throw new Error(`The context "maxConcurrency" names ${Object.keys(shares).join(', ')}, not "${queue}"`);
      }
      return [queue, wholeNumber(`maxConcurrency=${queue}`, number, least, most)];
    }),
  );
}
