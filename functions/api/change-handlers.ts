import type { OutgoingMessage } from '../../shared/aws/send-messages.ts';
import { type ChangeQueue, changeQueues } from '../../shared/freshness/change-queues.ts';
import type { changeRoutes } from '../../shared/http/routes/change-routes.ts';
import { readSentChange } from '../../shared/intake/sent-change.ts';
import { invalid, Problem } from '../../shared/problem/problem.ts';
import type { ApiWorld } from './api-world.ts';
import type { HandlersOf } from './handler-of-route.ts';

/** How long (ms) changes are sent: API Gateway stops waiting after 30 seconds, and an answer that comes tells more. */
const budgetMs = 20_000;

/** What answers the routes of changes. */
export function changeHandlers({ changeSenders, now }: ApiWorld): HandlersOf<typeof changeRoutes> {
  /** Sends each message to its queue; answers those that were not sent. */
  const send = async (messages: ReadonlyMap<OutgoingMessage, ChangeQueue>): Promise<ReadonlySet<OutgoingMessage>> => {
    const signal = AbortSignal.timeout(budgetMs);
    const ofQueue = (queue: ChangeQueue) => [...messages.keys()].filter((message) => messages.get(message) === queue);
    const unsent = await Promise.all(changeQueues.map((queue) => changeSenders[queue](ofQueue(queue), signal)));
    return new Set(unsent.flatMap((ofOne) => [...ofOne]));
  };

  return {
    sendChanges: async ({ body }) => {
      const receivedAt = now();
      const read = body().changes.map((change, index) => {
        const { queue, message, errors } = readSentChange(change, receivedAt, ['changes', index]);
        return errors ? { errors } : { queue, outgoing: { body: message } };
      });
      const messages = new Map(read.flatMap(({ queue, outgoing }) => (outgoing ? [[outgoing, queue] as const] : [])));
      if (messages.size === 0) throw invalid(read.flatMap(({ errors = [] }) => errors));
      const unsent = await send(messages);
      if (unsent.size === messages.size) {
        throw new Problem(503, 'queues_unavailable', 'None of the changes could be queued; send them again');
      }
      const results = read.map(({ outgoing, errors = [] }) => {
        if (!outgoing) return { result: 'refused' as const, errors };
        return { result: unsent.has(outgoing) ? ('failed' as const) : ('queued' as const) };
      });
      return { status: 202, body: { results }, ...(unsent.size > 0 && { isProvisional: true as const }) };
    },
  };
}
