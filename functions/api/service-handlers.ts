import { mapConcurrently } from '../../shared/batch/batch.ts';
import type { DeadLetterQueue, TakenLetters } from '../../shared/freshness/dead-letter-queue-store.ts';
import { reasonsOf } from '../../shared/freshness/dead-letter-reasons.ts';
import { openApiOf } from '../../shared/http/openapi.ts';
import type { serviceRoutes } from '../../shared/http/routes/service-routes.ts';
import { reconciliationHealth } from '../../shared/reconciliation/shard-pass.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

/** So many dead letters of a queue are looked at for their reasons. */
const lookedAtMost = 100;

/** Reads dead letters, and leaves them where they are. */
async function lookAt(queue: DeadLetterQueue): Promise<TakenLetters> {
  try {
    return await queue.take(lookedAtMost);
  } finally {
    await queue.giveBack();
  }
}

/** What answers the routes of the service itself. */
export function serviceHandlers(world: ApiWorld): HandlersOf<typeof serviceRoutes> {
  const { catalog, queueHealth, deadLettersOf, segmentView, reconciliations, keptOut } = world;
  let contract: ReturnType<typeof openApiOf> | undefined;
  return {
    getHealth: async () => {
      const { active } = await catalog.current();
      const [health, freshAsOf, passes, keptOutMessages] = await Promise.all([
        queueHealth.health(),
        segmentView.freshAsOf([...active.keys()]),
        reconciliations.all(),
        keptOut.read(),
      ]);
      const reconciliation = reconciliationHealth(passes);
      return {
        status: 200,
        body: { ...health, freshAsOf, keptOutMessages, ...(reconciliation && { reconciliation }) },
      };
    },

    getDeadLetters: async () => {
      const { queues, innerQueues } = await queueHealth.health();
      const withLetters = Object.entries({ ...queues, ...innerQueues }).filter(([, queue]) => queue.deadLetters > 0);
      const looked = await mapConcurrently(withLetters, withLetters.length, async ([queue, { deadLetters }]) => {
        const { letters } = await lookAt(deadLettersOf(queue));
        const [oldest] = letters;
        // SQS counts late: all that were counted may be gone by now.
        if (!oldest) return [];
        const oldestSentAt = new Date(oldest.sentAt).toISOString();
        return [{ queue, deadLetters, looked: letters.length, oldestSentAt, reasons: reasonsOf(letters) }];
      });
      return { status: 200, body: { queues: looked.flat() } };
    },

    // Made when it is first asked for.
    getOpenapi: async () => {
      contract ??= openApiOf();
      return { status: 200, body: contract };
    },
  };
}
