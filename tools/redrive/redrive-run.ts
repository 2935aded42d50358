import { readFileSync } from 'node:fs';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { eventSource } from '../../shared/aws/bus-event.ts';
import { reasonOf } from '../../shared/aws/retries.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import {
  createDeadLetterQueue,
  type DeadLetter,
  type DeadLetterQueue,
  type TakenLetters,
} from '../../shared/freshness/dead-letter-queue-store.ts';
import { type Edits, readEdits } from './redrive-edits.ts';
import type { RedriveCommand, Selection } from './redrive-options.ts';
import { type RedrivableQueue, redrivable } from './redrive-queues.ts';
import { describeLetter, describeQueue, jsonOfLetter } from './redrive-report.ts';
import type { RedriveTarget } from './redrive-target.ts';
import type { StreamBatches } from './stream-batches.ts';
import { UsageError } from './usage-error.ts';

/** What a redrive works with. */
export interface RedriveWorld {
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
  readonly batches: StreamBatches;
  readonly busName: string | undefined;
  readonly targets: readonly RedriveTarget[];
  /** Epoch ms. */
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How long (s) read messages stay hidden if this process dies before it gives them back. */
const heldSeconds = 120;
/** So many messages are looked at in one run. */
const messagesAtOnce = 10_000;

/** Does what was asked; answers the exit code. */
export async function runRedrive(command: RedriveCommand, world: RedriveWorld): Promise<number> {
  if (command.kind === 'list') return list(world);
  const target = world.targets.find(({ name }) => name === command.queue);
  if (!target) throw new UsageError(`The stack has no queue ${command.queue}.`);
  if (command.kind === 'send') return send(world, target, command.selection);
  await holding(world, target, messagesAtOnce, async ({ letters }) => {
    if (letters.length === 0 && !command.json) world.say(`${target.name}: nothing waits.`);
    const chosen = letters.slice(0, command.limit);
    const shown = target.name === 'streamDeadLetters' ? await withBatches(world, chosen) : chosen;
    for (const letter of shown) world.say(command.json ? jsonOfLetter(letter) : describeLetter(letter));
    if (shown.length < letters.length && !command.json) {
      world.say(`The oldest ${shown.length} of ${letters.length}; --limit shows more.`);
    }
  });
  return 0;
}

/** Notes of batches, each with what it tells of. */
function withBatches({ batches }: RedriveWorld, letters: readonly DeadLetter[]): Promise<DeadLetter[]> {
  return mapConcurrently(letters, 4, async (letter) => {
    try {
      const { reason, payload } = await batches.read(letter.body);
      return { ...letter, reason, body: payload };
    } catch (error) {
      return { ...letter, reason: `its batch cannot be read: ${reasonOf(error)}` };
    }
  });
}

async function list(world: RedriveWorld): Promise<number> {
  const reports = await mapConcurrently(world.targets, 4, (target) =>
    holding(world, target, messagesAtOnce, (taken) => describeQueue(target.name, taken, world.now())),
  );
  for (const report of reports) world.say(report);
  return 0;
}

/** Takes messages, and gives back those that are left whatever happens. */
async function holding<T>(
  { sqs, signal }: RedriveWorld,
  { deadLettersUrl }: RedriveTarget,
  limit: number,
  use: (taken: TakenLetters, queue: DeadLetterQueue) => T | Promise<T>,
): Promise<T> {
  const queue = createDeadLetterQueue(sqs, deadLettersUrl, { heldSeconds, signal });
  try {
    return await use(await queue.take(limit), queue);
  } finally {
    await queue.giveBack();
  }
}

async function send(world: RedriveWorld, target: RedriveTarget, selection: Selection): Promise<number> {
  const { name } = target;
  const edits = readEditFile(selection.editFile, name, world.now());
  if (edits.problems.length > 0) throw new UsageError([...edits.problems, 'Nothing was sent.'].join('\n'));
  return holding(world, target, messagesAtOnce, async ({ letters, isAll }, queue) => {
    const wanted = new Set([...selection.messageIds, ...edits.bodies.keys()]);
    const chosen = letters.filter(({ messageId }) => selection.all || wanted.has(messageId));
    const found = new Set(chosen.map(({ messageId }) => messageId));
    let left = 0;
    const keep = (messageId: string, why: string) => {
      left++;
      world.say(`${messageId} ${why}`);
    };
    for (const messageId of wanted)
      if (!found.has(messageId)) keep(messageId, `is not among the dead letters of ${name}`);
    let sent = 0;
    await mapConcurrently(chosen, 8, async (letter) => {
      if (world.signal.aborted) return;
      const body = edits.bodies.get(letter.messageId) ?? letter.body;
      const refused = redrivable[name](body, world.now());
      if (refused !== undefined) return keep(letter.messageId, `stays: it would be refused again: ${refused}`);
      const problem = await sendBack(world, target, body);
      if (problem !== undefined) return keep(letter.messageId, `stays: it could not be sent: ${problem}`);
      // Only now: a crash before this line has the message sent twice, never lost.
      await queue.delete(letter);
      if (name === 'streamDeadLetters') await world.batches.forget(body);
      sent++;
    });
    const destination = { busDeadLetters: 'the bus', streamDeadLetters: 'the functions' }[name as string] ?? name;
    world.say(`${sent} sent back to ${destination}${left > 0 ? `, ${left} not` : ''}.`);
    if (!isAll && selection.all && !world.signal.aborted) world.say('There may be more: run it again.');
    return left > 0 ? 1 : 0;
  });
}

function readEditFile(file: string | undefined, queue: RedrivableQueue, now: number): Edits {
  if (file === undefined) return { bodies: new Map(), problems: [] };
  const edits = readEdits(readFileSync(file, 'utf8'), queue, now);
  if (edits.bodies.size === 0 && edits.problems.length === 0) throw new UsageError(`${file} has no messages.`);
  return edits;
}

/** Sends one message to where it came from; answers why it was not taken, if so. */
async function sendBack(
  { sqs, eventBridge, batches, busName }: RedriveWorld,
  { name, sourceUrl }: RedriveTarget,
  body: string,
): Promise<string | undefined> {
  try {
    if (sourceUrl !== undefined) {
      await sqs.send(new SendMessageCommand({ QueueUrl: sourceUrl, MessageBody: body }));
      return undefined;
    }
    if (name === 'streamDeadLetters') return await batches.replay(body);
    const { type, detail } = JSON.parse(body);
    const entry = { EventBusName: busName, Source: eventSource, DetailType: type, Detail: JSON.stringify(detail) };
    const { Entries = [] } = await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
    const code = Entries[0]?.ErrorCode;
    return code === undefined ? undefined : `${code} ${Entries[0]?.ErrorMessage ?? ''}`.trim();
  } catch (error) {
    return reasonOf(error);
  }
}
