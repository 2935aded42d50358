import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../batch/batch.ts';
import { type BusEvent, eventSource } from './bus-event.ts';
import { pauseWithJitter, reasonOf } from './retries.ts';
import { attributeText, sendMessages } from './send-messages.ts';

/** Where events go, and where those go that the bus keeps refusing: its dead letters. */
export interface BusPorts {
  readonly eventBridge: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly busName: string;
  readonly deadLettersQueueUrl: string;
}

const maximumAttempts = 5;
/** After that long (ms) what is not taken is parked untried: a bus that does not answer must not hold up a stream. */
const patienceMs = 15_000;

const maximumEventsPerCall = 10;
/** The bus refuses a call whose events are 256 KB together; what is not their detail takes the rest. */
const maximumCallBytes = 240_000;

/**
 * Publishes events, as many a call as it takes. What the bus refuses, one by one or the call as a whole, is tried again, then
 * kept whole in its dead letters: told or parked when this resolves. Throws only where parking fails as well.
 */
export async function publishEvents(ports: BusPorts, events: readonly BusEvent[]): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  await mapConcurrently(callsFor(events), 8, (group) => publishGroup(ports, group, patience));
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

async function publishGroup(ports: BusPorts, group: readonly BusEvent[], patience: AbortSignal): Promise<void> {
  let pending = group.map((event): Refused => ({ event, reason: 'the bus did not answer in time' }));
  for (let attempt = 1; attempt <= maximumAttempts && pending.length > 0 && !patience.aborted; attempt++) {
    if (attempt > 1) await pauseWithJitter(attempt);
    // At last one by one: an event that has its whole call refused takes no other with it.
    const calls = attempt === maximumAttempts ? pending.map((one) => [one]) : [pending];
    const refused: Refused[] = [];
    for (const call of calls) refused.push(...(await put(ports, call, patience)));
    pending = refused;
  }
  const letters = pending.map(({ event, reason }) => ({ body: letterOf(event), attributes: { reason } }));
  await sendMessages(ports.sqs, ports.deadLettersQueueUrl, letters);
}

/** An event that the bus has not taken, and why. */
interface Refused {
  readonly event: BusEvent;
  readonly reason: string;
}

/** One call; answers what it did not take. Of a call without an answer some may have been taken: they are told twice. */
async function put(ports: BusPorts, entries: readonly Refused[], patience: AbortSignal): Promise<Refused[]> {
  if (patience.aborted) return [...entries];
  const command = new PutEventsCommand({
    Entries: entries.map(({ event: { type, detail } }) => ({
      EventBusName: ports.busName,
      Source: eventSource,
      DetailType: type,
      Detail: JSON.stringify(detail),
    })),
  });
  try {
    const { Entries = [] } = await ports.eventBridge.send(command, { abortSignal: patience });
    return entries.flatMap(({ event }, index) => {
      const reason = Entries[index]?.ErrorCode;
      return reason ? [{ event, reason }] : [];
    });
  } catch (error) {
    console.error(`The bus refused ${entries.length} events`, error);
    return entries.map(({ event }) => ({ event, reason: attributeText(reasonOf(error)) }));
  }
}

/** An event as the dead letters keep it. SQS takes neither of these two characters, which JSON can write otherwise. */
function letterOf(event: BusEvent): string {
  return JSON.stringify(event).replace(/[\uFFFE\uFFFF]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);
}
