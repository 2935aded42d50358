import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { StackFile } from '../../../local/stack-file.ts';
import { segmentTemplates } from '../../../shared/segment/template.ts';
import { runDemo } from '../../../tools/demo/demo.ts';
import { demoLeadCount } from '../../../tools/demo/demo-data.ts';

const region = 'eu-west-1';
const queueNames = ['profileChanges', 'levelChanges', 'leadEvents', 'accountChanges'];
let sqs: FauxqsServer;
let api: Server;
let stack: StackFile;
let segmentNames: Set<string>;

const received = (queue: string) =>
  sqs.inspectQueue(queue)!.messages.ready.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

/** As the API answers: what was sent to the queues is there at once. */
async function answer(method: string, path: string, body: string): Promise<[number, unknown]> {
  if (path === '/templates') return [200, { templates: segmentTemplates }];
  if (path === '/segments' && method === 'POST') {
    const { name, active } = JSON.parse(body) as { name: string; active: boolean };
    if (segmentNames.has(name)) return [409, { code: 'name_taken' }];
    if (active) segmentNames.add(name);
    return [201, {}];
  }
  const lead = received('profileChanges').find(({ leadId }) => path === `/leads/${String(leadId)}`);
  return lead ? [200, { attributes: lead.attributes }] : [404, {}];
}

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  sqs = await startFauxqs({ port: 0, logger: false, defaultRegion: region });
  api = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    const [status, content] = await answer(request.method!, request.url!, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  sqs.purgeAll();
  segmentNames = new Set();
  stack = {
    apiUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    region,
    endpoints: { dynamodb: '', sqs: `http://127.0.0.1:${sqs.port}`, eventbridge: '' },
    queues: Object.fromEntries(queueNames.map((name) => [name, { url: sqs.createQueue(name, { region }).queueUrl }])),
    allQueues: {},
    tables: {},
    busName: '',
    busArn: '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    pid: 0,
  };
});
afterAll(async () => {
  vi.restoreAllMocks();
  api.close();
  await sqs.stop();
});

/** Runs the demo until it has sent its third change after loading. */
async function runUntilChanging(): Promise<void> {
  const stopped = new AbortController();
  const demo = runDemo(stack, stopped.signal);
  const isChanging = () =>
    queueNames.flatMap(received).filter(({ changeId, eventId }) => /^demo-\d{13}-/.test(String(changeId ?? eventId)));
  await vi.waitUntil(() => isChanging().length >= 3, { timeout: 60_000, interval: 250 });
  stopped.abort();
  await demo;
}

it('creates the common segments and each lead once, however often it is run', async () => {
  await runUntilChanging();
  expect([...segmentNames].sort()).toEqual(segmentTemplates.map(({ name }) => name).sort());
  const created = () => received('profileChanges').filter(({ attributes }) => 'email' in (attributes as object));
  expect(new Set(created().map(({ leadId }) => leadId)).size).toBe(demoLeadCount);
  const messages = created().length;
  const accounts = received('accountChanges').length;
  expect(accounts).toBeGreaterThan(100);

  await runUntilChanging();
  expect(segmentNames.size).toBe(segmentTemplates.length);
  expect(created()).toHaveLength(messages);
  expect(received('accountChanges')).toHaveLength(accounts);
});

it('ends with the reason when the API does not answer as it should', async () => {
  const elsewhere = { ...stack, apiUrl: `${stack.apiUrl}/nowhere` };
  await expect(runDemo(elsewhere, new AbortController().signal)).rejects.toThrow('GET /templates answers 404');
});

it('ends quietly when it is stopped', async () => {
  await expect(runDemo(stack, AbortSignal.abort())).resolves.toBeUndefined();
});
