import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { serveEventBridge } from '../../../local/aws/eventbridge/event-bridge.ts';
import { type BusEvent, EventBuses } from '../../../local/aws/eventbridge/event-bus.ts';
import { type S3, startS3 } from '../../../local/aws/s3.ts';
import { Sqs } from '../../../local/aws/sqs/sqs.ts';
import { FunctionError } from '../../../local/lambda/function-worker.ts';
import { serveFunctions } from '../../../local/lambda/serve-functions.ts';
import { collectingLog } from '../../../local/log.ts';
import { type RedriveCommand, readRedriveOptions } from '../../../tools/redrive/redrive-options.ts';
import type { RedrivableQueue } from '../../../tools/redrive/redrive-queues.ts';
import { runRedrive } from '../../../tools/redrive/redrive-run.ts';
import { targetOf } from '../../../tools/redrive/redrive-target.ts';
import { createStreamBatches, type StreamBatches } from '../../../tools/redrive/stream-batches.ts';
import { temporaryDirectory } from '../../local/temporary-directory.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const region = 'eu-west-1';
let sqs: SQSClient;
let queues: Sqs;
let eventBridge: EventBridgeClient;
let published: BusEvent[];
let said: string[];
let batches: StreamBatches;

beforeEach(async () => {
  const log = collectingLog();
  queues = new Sqs(temporaryDirectory(), region, log);
  await queues.listen({ what: 'SQS', flag: '--sqs-port', port: 0 }, log);
  onTestFinished(() => queues.stop());
  const dead = queues.open('LevelChangesDeadLetters', {});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
  queues.open('LevelChanges', { RedrivePolicy });
  queues.open('BusDeadLetters', {});
  queues.open('StreamDeadLetters', {});
  sqs = new SQSClient({ region, endpoint: queues.url, credentials });
  // The stand-in is one server, which knows at once that it has no more.
  sqs.middlewareStack.add(
    (next) => (call) => {
      if ('WaitTimeSeconds' in call.input) call.input.WaitTimeSeconds = 0;
      return next(call);
    },
    { step: 'initialize' },
  );
  onTestFinished(() => sqs.destroy());
  published = [];
  said = [];
  const buses = new EventBuses(region, (event) => published.push(event));
  buses.addBus('the-bus');
  const server = await serveEventBridge(buses, { what: 'EventBridge', flag: '--events-port', port: 0 }, log);
  onTestFinished(() => server.close());
  eventBridge = new EventBridgeClient({ region, endpoint: server.url, credentials, maxAttempts: 1 });
  onTestFinished(() => eventBridge.destroy());
  batches = createStreamBatches({} as S3Client, {} as LambdaClient);
});

const urlOf = (name: string) => `${queues.url}/000000000000/${name}`;
const at = '2026-03-10T11:00:00Z';
const change = (leadId: string, more: object = {}) => JSON.stringify({ leadId, occurredAt: at, ...more });

/** Puts a message among the dead letters; answers its id. */
async function bury(body: string, reason?: string, queue = 'LevelChangesDeadLetters'): Promise<string> {
  const MessageAttributes = reason === undefined ? {} : { reason: { DataType: 'String', StringValue: reason } };
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: body, MessageAttributes }));
  return sent.MessageId!;
}

/** What can be received right now. */
async function bodiesIn(queue: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.sort();
    bodies.push(...Messages.map(({ Body }) => Body!));
  }
}

async function run(command: RedriveCommand, signal = new AbortController().signal): Promise<number> {
  const named: [RedrivableQueue, string][] = [
    ['levelChanges', 'LevelChanges'],
    ['busDeadLetters', 'BusDeadLetters'],
    ['streamDeadLetters', 'StreamDeadLetters'],
  ];
  const targets = await Promise.all(named.map(([name, queue]) => targetOf(sqs, name, urlOf(queue))));
  const say = (line: string) => said.push(line);
  return runRedrive(command, { sqs, eventBridge, batches, busName: 'the-bus', targets, now: Date.now, say, signal });
}
const send = (messageIds: readonly string[], more: { all?: boolean; editFile?: string } = {}): RedriveCommand => ({
  kind: 'send',
  queue: 'levelChanges',
  selection: { messageIds, all: false, ...more },
});
function editFile(...lines: readonly (object | string)[]): string {
  const file = join(temporaryDirectory(), 'edits.jsonl');
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return file;
}

describe('list', () => {
  test('tells of each queue how many wait and why, and holds none of them', async () => {
    await bury(change('l 1'), '/leadId: must be 1 to 128 letters');
    await bury(change('l 2'), '/leadId: must be 1 to 128 letters');
    await bury(change('l3'));
    expect(await run({ kind: 'list' })).toBe(0);
    expect(said).toEqual([
      expect.stringMatching(/^levelChanges: 3, sent \d s to \d s ago\n {6}2 {2}\/leadId: .*\n {6}1 {2}no reason/),
      'busDeadLetters: nothing waits',
      'streamDeadLetters: nothing waits',
    ]);
    expect(await bodiesIn('LevelChangesDeadLetters')).toHaveLength(3);
  });
});

describe('show', () => {
  test('shows the oldest messages, shortened, and holds none of them', async () => {
    const first = await bury(change('l1', { note: 'x'.repeat(1_000) }), 'too odd');
    await bury('second');
    expect(await run({ kind: 'show', queue: 'levelChanges', limit: 1, json: false })).toBe(0);
    expect(said[0]).toMatch(
      new RegExp(`^${first}\n  sent     20.*\n  received 1 times\n  reason   too odd\n  body     {"leadId"`),
    );
    expect(said[0]!.length).toBeLessThan(600);
    expect(said[1]).toBe('The oldest 1 of 2; --limit shows more.');
    expect(await bodiesIn('LevelChangesDeadLetters')).toHaveLength(2);
  });

  test('shows whole messages as JSON, in text where JSON would not keep them', async () => {
    const bodies = [change('l1'), 'not JSON', '{"leadId": "spaced"}', '{"n":12345678901234567890}'];
    for (const body of bodies) await bury(body);
    await run({ kind: 'show', queue: 'levelChanges', limit: 10, json: true });
    const shown = said.map((line) => JSON.parse(line).body);
    expect(shown).toHaveLength(4);
    expect(shown).toEqual(expect.arrayContaining([JSON.parse(bodies[0]!), ...bodies.slice(1)]));
  });
});

describe('send', () => {
  test('sends the named messages back as they were, and leaves the others', async () => {
    const one = await bury(change('l1'), 'failed 5 times, at last: busy');
    await bury(change('l2'), 'failed 5 times, at last: busy');
    expect(await run(send([one]))).toBe(0);
    expect(said).toEqual(['1 sent back to levelChanges.']);
    expect(await bodiesIn('LevelChanges')).toEqual([change('l1')]);
    expect(await bodiesIn('LevelChangesDeadLetters')).toEqual([change('l2')]);
  });

  test('sends all that would be taken, and says of the others what is wrong', async () => {
    for (let index = 0; index < 25; index++) await bury(change(`l${index}`));
    const bad = await bury(change('l 1'), '/leadId: …');
    expect(await run(send([], { all: true }))).toBe(1);
    expect(said).toEqual([
      expect.stringMatching(`^${bad} stays: it would be refused again: /leadId: `),
      '25 sent back to levelChanges, 1 not.',
    ]);
    expect(await bodiesIn('LevelChanges')).toHaveLength(25);
    expect(await bodiesIn('LevelChangesDeadLetters')).toEqual([change('l 1')]);
  });

  test('sends corrected messages, as show printed them', async () => {
    await bury(change('l 1', { engagementLevel: 'Hot' }), '/leadId: …');
    await bury('{"leadId":', 'is not JSON');
    await run({ kind: 'show', queue: 'levelChanges', limit: 10, json: true });
    const [object, text] = said.map((line) => JSON.parse(line)).sort((a) => (typeof a.body === 'string' ? 1 : -1));
    const file = editFile({ ...object, body: { ...object.body, leadId: 'l1' } }, { ...text, body: change('l2') }, '');
    expect(await run(send([], { editFile: file }))).toBe(0);
    expect(await bodiesIn('LevelChanges')).toEqual([change('l1', { engagementLevel: 'Hot' }), change('l2')].sort());
    expect(await bodiesIn('LevelChangesDeadLetters')).toEqual([]);
  });

  test('refuses corrections that are none before it sends anything, by line and field', async () => {
    const messageId = await bury(change('l 1'));
    const edits = [
      { messageId, body: { leadId: 'l1', occurredAt: at } },
      { messageId: 'x', body: { leadId: 'l1', occurredAt: 'yesterday' } },
      { body: {} },
      '{',
      { messageId, body: 'again' },
    ];
    await expect(run(send([], { all: true, editFile: editFile(...edits) }))).rejects.toThrow(
      /^line 2: x would be refused: \/occurredAt: .*\nline 3: \/messageId: .*\nline 4: is not JSON: .*\nline 5: .* is there twice\nNothing was sent\.$/,
    );
    expect(await bodiesIn('LevelChanges')).toEqual([]);
    expect(await bodiesIn('LevelChangesDeadLetters')).toHaveLength(1);
  });

  test('says of an id that is not there so', async () => {
    expect(await run(send(['nobody']))).toBe(1);
    expect(said).toEqual([
      'nobody is not among the dead letters of levelChanges',
      '0 sent back to levelChanges, 1 not.',
    ]);
  });

  test('deletes nothing whose sending was not acknowledged, and sends again what was not deleted', async () => {
    const one = await bury(change('l1'));
    const original = sqs.send.bind(sqs);
    const failing = vi.spyOn(sqs, 'send').mockImplementation(((command: object) => {
      if (command instanceof SendMessageCommand) return Promise.reject(new Error('no answer'));
      return original(command as never);
    }) as never);
    expect(await run(send([one]))).toBe(1);
    expect(said[0]).toBe(`${one} stays: it could not be sent: Error: no answer`);
    failing.mockImplementation(((command: object) => {
      if (command instanceof DeleteMessageCommand) return Promise.reject(new Error('gone'));
      return original(command as never);
    }) as never);
    await expect(run(send([one]))).rejects.toThrow('gone');
    failing.mockRestore();
    expect(await run(send([one]))).toBe(0);
    expect(await bodiesIn('LevelChanges')).toEqual([change('l1'), change('l1')]);
    expect(await bodiesIn('LevelChangesDeadLetters')).toEqual([]);
  });

  test('publishes events on the bus again, and keeps what it refuses', async () => {
    await bury(
      JSON.stringify({ type: 'Lead Entered Segment', detail: { id: 'a:b:1' } }),
      'Throttled',
      'BusDeadLetters',
    );
    await bury(JSON.stringify({ type: '', detail: {} }), 'Throttled', 'BusDeadLetters');
    const command: RedriveCommand = { kind: 'send', queue: 'busDeadLetters', selection: { messageIds: [], all: true } };
    expect(await run(command)).toBe(1);
    expect(said.at(-1)).toBe('1 sent back to the bus, 1 not.');
    expect(await bodiesIn('BusDeadLetters')).toHaveLength(1);
  });

  test('stops when it is interrupted, and gives back what it holds', async () => {
    await bury(change('l1'));
    const interruption = new AbortController();
    interruption.abort();
    await run(send([], { all: true }), interruption.signal);
    expect(await bodiesIn('LevelChangesDeadLetters')).toHaveLength(1);
  });
});

describe('batches that a stream gave up', () => {
  const functionArn = `arn:aws:lambda:${region}:000000000000:function:ProjectMemberships`;
  const payload = JSON.stringify({ Records: [{ eventID: 'e1' }] });
  const note = (key: string) =>
    JSON.stringify({ source: 'aws.s3', detail: { bucket: { name: 'failed' }, object: { key } } });
  let s3: S3;
  let client: S3Client;
  let invoked: string[];
  let answer: () => unknown;

  beforeEach(async () => {
    const log = collectingLog();
    s3 = await startS3(temporaryDirectory(), ['failed'], { what: 'S3', flag: '', port: 0 });
    onTestFinished(() => s3.stop());
    invoked = [];
    answer = () => ({ batchItemFailures: [] });
    const invoke = async (event: string) => {
      invoked.push(event);
      return answer();
    };
    const find = (nameOrArn: string) => {
      expect(nameOrArn).toBe(functionArn);
      return { invoke };
    };
    const server = await serveFunctions(find, { what: 'Lambda', flag: '', port: 0 }, log);
    onTestFinished(() => server.close());
    client = new S3Client({ region, endpoint: s3.url, credentials, forcePathStyle: true });
    onTestFinished(() => client.destroy());
    const lambda = new LambdaClient({ region, endpoint: server.url, credentials, maxAttempts: 1 });
    onTestFinished(() => lambda.destroy());
    batches = createStreamBatches(client, lambda);
    const requestContext = { functionArn, condition: 'RetryAttemptsExhausted' };
    await s3.put('failed', 'aws/lambda/one', JSON.stringify({ requestContext, payload }));
  });

  const kept = async () => ((await client.send(new ListObjectsV2Command({ Bucket: 'failed' }))).Contents ?? []).length;
  const replay: RedriveCommand = {
    kind: 'send',
    queue: 'streamDeadLetters',
    selection: { messageIds: [], all: true },
  };

  test('are listed, and shown whole with their function', async () => {
    await bury(note('aws/lambda/one'), undefined, 'StreamDeadLetters');
    await run({ kind: 'list' });
    expect(said.at(-1)).toMatch(/^streamDeadLetters: 1, .*\n {6}1 {2}a stream gave its batch up/);
    await run({ kind: 'show', queue: 'streamDeadLetters', limit: 10, json: false });
    expect(said.at(-1)).toContain('RetryAttemptsExhausted of ProjectMemberships');
    expect(said.at(-1)).toContain(payload);
  });

  test('are handled again by their function, and are gone then', async () => {
    await bury(note('aws/lambda/one'), undefined, 'StreamDeadLetters');
    expect(await run(replay)).toBe(0);
    expect(said).toEqual(['1 sent back to the functions.']);
    expect(invoked).toEqual([payload]);
    expect(await bodiesIn('StreamDeadLetters')).toEqual([]);
    expect(await kept()).toBe(0);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'that fails',
      () => {
        throw new FunctionError({ errorType: 'Error', errorMessage: 'still broken', trace: [] });
      },
      /stays: it could not be sent: Unhandled: .*still broken/,
    ],
    [
      'that fails for some',
      () => ({ batchItemFailures: [{ itemIdentifier: '1' }] }),
      /stays: .*1 of its records failed/,
    ],
  ])('stay, note and all, after a function %s', async (_, broken, told) => {
    answer = broken;
    await bury(note('aws/lambda/one'), undefined, 'StreamDeadLetters');
    expect(await run(replay)).toBe(1);
    expect(said[0]).toMatch(told);
    expect(await bodiesIn('StreamDeadLetters')).toHaveLength(1);
    expect(await kept()).toBe(1);
  });

  test('whose object is gone say so', async () => {
    await bury(note('aws/lambda/other'), undefined, 'StreamDeadLetters');
    await run({ kind: 'show', queue: 'streamDeadLetters', limit: 10, json: false });
    expect(said.at(-1)).toContain('its batch cannot be read: NoSuchKey');
  });
});

describe('a queue', () => {
  test('that has no dead letters is told so', async () => {
    await expect(targetOf(sqs, 'levelChanges', urlOf('LevelChangesDeadLetters'))).rejects.toThrow(
      'name the queue itself',
    );
  });
});

describe('the command line', () => {
  const url = 'https://sqs.eu-west-1.amazonaws.com/1/LeadSegments-LevelChangesD8-abc';

  test('names queues by URL, and knows their names from the URL', () => {
    expect(readRedriveOptions(['list', '--queue', url, '--queue', `dueLeads=${url}`])).toEqual({
      command: { kind: 'list' },
      queueUrls: { levelChanges: url, dueLeads: url },
      endpoints: {},
    });
  });

  test('takes a name for the queue that has it whole', () => {
    const prompt = 'https://sqs.eu-west-1.amazonaws.com/1/LeadSegments-PromptJobs1A-abc';
    const jobs = 'https://sqs.eu-west-1.amazonaws.com/1/LeadSegments-Jobs1A-abc';
    expect(readRedriveOptions(['list', '--queue', prompt, '--queue', jobs])?.queueUrls).toEqual({
      promptJobs: prompt,
      jobs,
    });
  });

  test('reads what to send', () => {
    const options = readRedriveOptions([
      'send',
      'levelChanges',
      '--id',
      'a',
      '--id',
      'b',
      '--edit',
      'f',
      '--queue',
      url,
    ]);
    expect(options?.command).toEqual({
      kind: 'send',
      queue: 'levelChanges',
      selection: { messageIds: ['a', 'b'], all: false, editFile: 'f' },
    });
  });

  test.each<[string, string[], RegExp]>([
    ['nothing to do', ['--queue', url], /What to do/],
    ['something unknown to do', ['purge', '--queue', url], /"purge" is nothing to do/],
    ['no queue to show', ['show', '--queue', url], /Which queue/],
    ['an unknown queue', ['show', 'leads', '--queue', url], /not "leads"/],
    ['a queue whose place is not told', ['show', 'dueLeads', '--queue', url], /Where is dueLeads/],
    ['nothing chosen', ['send', 'levelChanges', '--queue', url], /Which messages/],
    ['an option of another command', ['show', 'levelChanges', '--all', '--queue', url], /--all goes with send/],
    ['a limit that is none', ['show', 'levelChanges', '--limit', '0', '--queue', url], /--limit/],
    ['events without a bus', ['send', 'busDeadLetters', '--all', '--queue', `busDeadLetters=${url}`], /--bus/],
    [
      'corrected batches',
      ['send', 'streamDeadLetters', '--edit', 'f', '--queue', `streamDeadLetters=${url}`],
      /Batches of streams go as they are/,
    ],
    ['a URL without a known name', ['list', '--queue', 'https://x/y'], /NAME is one of/],
    ['what is no URL', ['list', '--queue', 'levelChanges=here'], /not a URL/],
    ['an unknown option', ['list', '--everything'], /--everything/],
    ['no stack', ['list', '--stack', '/nowhere/stack.json'], /start the stack first/],
  ])('refuses %s', (_, args, message) => {
    expect(() => readRedriveOptions(args)).toThrow(message);
  });

  test('works from a shell, with its exit code', async () => {
    await bury(change('l1'));
    const project = fileURLToPath(new URL('../../..', import.meta.url));
    const shell = (...args: string[]) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const where = ['--queue', urlOf('LevelChanges'), '--endpoint', queues.url, '--region', region];
        const command = ['--import', 'tsx', 'tools/redrive/redrive.ts', ...args, ...where];
        execFile(process.execPath, command, { cwd: project }, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
        );
      });
    expect(await shell('show', 'nothing')).toMatchObject({ code: 2, output: expect.stringContaining('Which queue?') });
    expect(await shell('send', 'levelChanges', '--all')).toEqual({ code: 0, output: '1 sent back to levelChanges.\n' });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf('LevelChanges'), AttributeNames: ['All'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
  });
});
