import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalFunctions } from './lambda/functions.ts';
import type { QueuePoller } from './pollers/queue-poller.ts';
import type { StreamPoller } from './pollers/stream-poller.ts';

/** How long to wait for, and whether messages that only wait to be visible again come at once. */
export interface IdleOptions {
  timeoutMs?: number;
  withoutWaits?: boolean;
}

/** Everything is quiet when it is, and stays so while all streams are read once more. */
export async function idle(
  functions: LocalFunctions,
  pollers: { queues: QueuePoller[]; streams: StreamPoller[] },
  { timeoutMs = 60_000, withoutWaits = false }: IdleOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const quiet = (): boolean => functions.idle && pollers.queues.every((poller) => poller.idle);
  for (;;) {
    while (!quiet()) {
      if (Date.now() > deadline) {
        const busy = pollers.queues.filter((poller) => !poller.idle).map(({ queue }) => queue.name);
        throw new Error(`Not idle within ${timeoutMs} ms; still busy: ${busy.join(', ') || 'functions'}.`);
      }
      if (withoutWaits && functions.idle) for (const poller of pollers.queues) poller.endWaits();
      await sleep(5);
    }
    const before = functions.invocations;
    await Promise.all(pollers.streams.map((poller) => poller.caughtUp()));
    if (quiet() && functions.invocations === before) return;
  }
}
