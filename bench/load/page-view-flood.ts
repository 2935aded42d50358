import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectingLog } from '../../local/log.ts';
import { startLocalStack } from '../../local/stack.ts';
import type { OracleChange } from '../../oracle/oracle.ts';
import { benchStackOptions, type StartStack } from './driven-stack.ts';
import { LocalRun } from './local-run.ts';

/** What a flood of page views did to all else. */
export interface PageViewFlood {
  /** Milliseconds from sending each level change to its event in a subscriber's queue; infinite for one that was not told. */
  readonly decidedMs: readonly number[];
  /** Page views that still waited when the last of them was decided. */
  readonly waiting: number;
  /** Calls of the API meanwhile, and how many of them were not answered 200. */
  readonly calls: number;
  readonly refusedCalls: number;
}

/** A stack in an account as new ones are: ten functions at once. */
const inNewAccount: StartStack = async (stateDirectory) => {
  const options = { stateDirectory, log: collectingLog(), accountConcurrency: 10, ...benchStackOptions };
  const stack = await startLocalStack(options);
  return { ...stack, messagesKept: async () => stack.messagesKept() };
};

const levelChanges = 10;
const patienceMs = 60_000;

/** Queues page views, then sends level changes one after the other while the views are worked on, and waits for their events. */
export async function pageViewFlood(pageViews: number): Promise<PageViewFlood> {
  const run = await LocalRun.startIn(mkdtempSync(join(tmpdir(), 'bench-')), inNewAccount);
  try {
    const isHot = { type: 'engagement_level', operator: 'at_least', value: 'Hot' } as const;
    await run.createSegments([{ name: 'Hot', active: true, match: 'all', rules: [isHot] }]);
    await run.settle();
    const occurredAt = new Date().toISOString();
    const views = Array.from({ length: pageViews }, (_, index): OracleChange => {
      const leadId = `lead-${index % 5_000}`;
      return { queue: 'event', message: { leadId, eventId: `view-${index}`, eventType: 'Page View', occurredAt } };
    });
    await run.send(views);
    const decidedMs: number[] = [];
    let [calls, refusedCalls] = [0, 0];
    for (let index = 0; index < levelChanges; index++) {
      const changeId = `level-${index}`;
      const message = {
        leadId: `hot-${index}`,
        changeId,
        engagementLevel: 'Hot',
        occurredAt: new Date().toISOString(),
      };
      const sentAt = Date.now();
      await run.send([{ queue: 'level', message }]);
      const heard = () => [...run.bus.heard.values()].find((event) => event.changeId === changeId);
      while (!heard() && Date.now() < sentAt + patienceMs) {
        const { status } = await fetch(`${run.file.apiUrl.replace(/\/$/, '')}/health`);
        calls++;
        if (status !== 200) refusedCalls++;
        await sleep(100);
      }
      decidedMs.push((heard()?.at ?? Number.POSITIVE_INFINITY) - sentAt);
    }
    return { decidedMs, waiting: (await run.stack.messagesKept()).waiting, calls, refusedCalls };
  } finally {
    await run.stop();
  }
}
