import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { StackFile } from '../../local/stack-file.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import {
  type DemoMessage,
  demoAccounts,
  demoChange,
  demoLead,
  demoLeadCount,
  demoLeadId,
  seededRandom,
} from './demo-data.ts';

const leadsAtOnce = 250;
const changesPerSecond = 2;

/**
 * Fills a running stack with the common segments and 3,000 invented leads, then keeps changing them until the signal
 * aborts. All it makes has fixed ids and moments, so that the next run finds it and makes nothing twice.
 */
export async function runDemo(stack: StackFile, signal: AbortSignal): Promise<void> {
  const { region, credentials } = stack;
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region, credentials, maxAttempts: 5 });
  try {
    await createSegments(stack, signal);
    await loadLeads(stack, sqs, signal);
    console.log(`Demo: about ${changesPerSecond} changes a second from now on.`);
    await keepChanging(stack, sqs, signal);
  } catch (error) {
    // Whatever fails once the stack is being stopped fails because of that.
    if (!signal.aborted) throw error;
  } finally {
    sqs.destroy();
  }
}

async function createSegments({ apiUrl }: StackFile, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`${apiUrl}/templates`, { signal });
  if (!answer.ok) throw await failure('GET /templates', answer);
  const { templates } = (await answer.json()) as { templates: SegmentTemplate[] };
  let created = 0;
  for (const { name, description, match, rules } of templates) {
    const body = JSON.stringify({ name, description, match, rules, active: true });
    const headers = { 'content-type': 'application/json' };
    const saved = await fetch(`${apiUrl}/segments`, { method: 'POST', headers, body, signal });
    if (saved.ok) created++;
    else if (saved.status !== 409) throw await failure('POST /segments', saved);
    else {
      const problem = (await saved.json()) as { code?: string; detail?: string };
      if (problem.code !== 'name_taken') throw new Error(`Demo: POST /segments answers 409: ${problem.detail}`);
    }
  }
  console.log(`Demo: ${created} segments created, ${templates.length - created} were there.`);
}

async function loadLeads(stack: StackFile, sqs: SQSClient, signal: AbortSignal): Promise<void> {
  // Sent after all others, so once it is there all of them are sent.
  if ((await createdAt(stack, demoLeadCount, signal)) !== undefined) {
    console.log(`Demo: ${demoLeadCount} leads are there already.`);
    return;
  }
  const started = Date.now();
  const base = await baseMoment(stack, sqs, signal);
  await send(stack, sqs, demoAccounts(base));
  for (let from = 1; from < demoLeadCount && !signal.aborted; from += leadsAtOnce) {
    const count = Math.min(leadsAtOnce, demoLeadCount - from);
    const messages = Array.from({ length: count }, (_, index) => demoLead(from + index, base)).flat();
    await send(stack, sqs, messages);
  }
  if (signal.aborted) return;
  await send(stack, sqs, demoLead(demoLeadCount, base));
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  console.log(`Demo: ${demoLeadCount} leads sent to the queues in ${seconds} s; they show up as they are worked off.`);
}

/** The moment that the invented history leads up to. The first lead keeps it, for a load that was cut short. */
async function baseMoment(stack: StackFile, sqs: SQSClient, signal: AbortSignal): Promise<number> {
  const known = await createdAt(stack, 1, signal);
  if (known !== undefined) return known;
  const now = Date.now();
  await send(stack, sqs, demoLead(1, now));
  for (;;) {
    // Not `now`: a message of an earlier run may have come first.
    const stored = await createdAt(stack, 1, signal);
    if (stored !== undefined) return stored;
    await sleep(200, undefined, { signal });
  }
}

async function createdAt({ apiUrl }: StackFile, number: number, signal: AbortSignal): Promise<number | undefined> {
  const path = `/leads/${demoLeadId(number)}`;
  const answer = await fetch(`${apiUrl}${path}`, { signal });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw await failure(`GET ${path}`, answer);
  const { attributes } = (await answer.json()) as { attributes: { created_at?: string } };
  return attributes.created_at === undefined ? undefined : Date.parse(attributes.created_at);
}

async function keepChanging(stack: StackFile, sqs: SQSClient, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  const random = seededRandom(startedAt);
  for (let number = 1; !signal.aborted; number++) {
    await send(stack, sqs, [demoChange(random, Date.now(), `demo-${startedAt}-${number}`)]);
    await sleep(1_000 / changesPerSecond, undefined, { signal });
  }
}

async function send({ queues }: StackFile, sqs: SQSClient, messages: readonly DemoMessage[]): Promise<void> {
  const bodies = new Map<string, { body: string }[]>();
  for (const { queue, content } of messages) {
    const address = queues[queue];
    if (!address) throw new Error(`Demo: the stack has no queue ${queue}.`);
    const own = bodies.get(address.url) ?? [];
    own.push({ body: JSON.stringify(content) });
    bodies.set(address.url, own);
  }
  await Promise.all([...bodies].map(([url, own]) => sendMessages(sqs, url, own)));
}

async function failure(request: string, answer: Response): Promise<Error> {
  return new Error(`Demo: ${request} answers ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
}
