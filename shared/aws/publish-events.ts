import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../batch/batch.ts';
import { type BusEvent, eventSource } from './bus-event.ts';
import { pauseWithJitter } from './retries.ts';
import { sendMessages } from './send-messages.ts';

/** Where events go, and where those go that the bus keeps refusing: its dead letters. */
export interface BusPorts {
  readonly eventBridge: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly busName: string;
  readonly deadLettersQueueUrl: string;
}

const maximumAttempts = 5;

const maximumEventsPerCall = 10;
/** The bus refuses a call whose events are 256 KB together; what is not their detail takes the rest. */
const maximumCallBytes = 240_000;

/**
 * Publishes events, as many a call as it takes. What the bus refuses is tried again, then kept whole in its dead letters: never
 * lost.
 */
export async function publishEvents(ports: BusPorts, events: readonly BusEvent[]): Promise<void> {
  await mapConcurrently(callsFor(events), 8, (group) => publishGroup(ports, group));
}

/** The events in groups that fit into one call. */
function callsFor(events: readonly BusEvent[]): BusEvent[][] {
  const calls: BusEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event.detail)) + 500;
    const last = calls.at(-1);
    if (last && last.length < maximumEventsPerCall && bytes + size <= maximumCallBytes) {
      last.push(event);
      bytes += size;
    } else {
      calls.push([event]);
      bytes = size;
    }
  }
  return calls;
}

async function publishGroup(ports: BusPorts, group: readonly BusEvent[]): Promise<void> {
  let pending = group;
  let reason = '';
  for (let attempt = 0; attempt < maximumAttempts && pending.length > 0; attempt++) {
    if (attempt > 0) await pauseWithJitter(attempt);
    const answer = await ports.eventBridge.send(
      new PutEventsCommand({
        Entries: pending.map(({ type, detail }) => ({
          EventBusName: ports.busName,
          Source: eventSource,
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    const entries = answer.Entries ?? [];
    reason = entries.find(({ ErrorCode }) => ErrorCode)?.ErrorCode ?? '';
    pending = pending.filter((_, index) => entries[index]?.ErrorCode);
  }
  if (pending.length === 0) return;
  const letters = pending.map((event) => ({ body: JSON.stringify(event), attributes: { reason } }));
  await sendMessages(ports.sqs, ports.deadLettersQueueUrl, letters);
}
