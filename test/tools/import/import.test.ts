import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fileReader } from '../../../tools/import/import-file.ts';
import { type ImportOptions, readImportOptions } from '../../../tools/import/import-options.ts';
import { runImport } from '../../../tools/import/import-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-'));
const project = fileURLToPath(new URL('../../..', import.meta.url));
const region = 'eu-west-1';
let server: FauxqsServer;
let sqs: SQSClient;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, defaultRegion: region });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
});
beforeEach(() => {
  server.purgeAll();
  for (const name of ['profile', 'level', 'event', 'account']) server.createQueue(name);
});
afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

const queueFlags = (...names: string[]) =>
  names.flatMap((name) => ['--queue', `${name}=http://sqs.${region}.localhost:${server.port}/000000000000/${name}`]);

function optionsFor(text: string, ...args: string[]): ImportOptions {
  const file = join(folder, 'file.csv');
  writeFileSync(file, text);
  return readImportOptions([file, ...args, ...queueFlags('profile', 'level', 'event', 'account')], new Date())!;
}

async function run(
  { file, known, mapping, target, fromLine }: ImportOptions,
  { signal = new AbortController().signal, client = sqs, at = () => {} } = {},
) {
  const said: string[] = [];
  const kept: string[] = [];
  const progress = { at, say: (line: string) => said.push(line), stop: () => {} };
  const startedAt = new Date().toISOString();
  const result = await runImport(
    { read: fileReader(file), known, mapping: mapping!, startedAt, fromLine },
    {
      ...(target && { target: { sqs: client, queues: target.queues } }),
      ...{ progress, signal, now: Date.now, keepRefused: (csv: string) => kept.push(csv) },
    },
  );
  return { ...result, said, kept: kept.join('') };
}

const received = (queue: string) =>
  server.inspectQueue(queue)!.messages.ready.map(({ body }) => JSON.parse(body) as { leadId: string });

const rows = (count: number) => Array.from({ length: count }, (_, index) => `lead-${index + 1},x`).join('\n');

it('sends every row, and says by line which it refused', async () => {
  const options = optionsFor(`id,a\n${rows(450)}\n,y\nbad id,y\nlead-0,y\n`, '--lead-id', 'id');
  const result = await run(options);
  expect(result).toMatchObject({ sent: { profile: 451 }, rows: 453, refusedRows: 2, sentThroughLine: 454 });
  expect(result.refused).toEqual([
    { reason: 'no lead id', column: 'id', count: 1, lines: [452] },
    { reason: expect.stringMatching(/^no lead id: it must/), column: 'id', value: 'bad id', count: 1, lines: [453] },
  ]);
  expect(result.kept).toMatch(/^\uFEFFid,a,Import problem\r\n,y,.*no lead id.*\r\nbad id,y,.*no lead id: it must/);
  expect(new Set(received('profile').map(({ leadId }) => leadId)).size).toBe(451);
});

it('sends to each queue what is for it', async () => {
  const args = ['--lead-id', 'id', '--level', 'engagement=level', '--event', 'Page View=seen'];
  const { sent } = await run(optionsFor('id,level,seen\n1,Hot,2026-11-20\n2,,\n', ...args));
  expect(sent).toEqual({ profile: 2, level: 1, event: 1 });
  expect(received('level')).toMatchObject([{ leadId: '1', engagementLevel: 'Hot' }]);
  expect(received('event')).toMatchObject([{ leadId: '1', eventType: 'Page View' }]);
});

it('says how many ids it folded', async () => {
  const text = 'id,a\nAnn@X.example,x\nann@x.example,y\nBob@X.example,z\nlead-1,x\n';
  const { foldedIds } = await run(optionsFor(text, '--lead-id', 'id'));
  expect(foldedIds).toEqual({ rows: 2, example: 'Ann@X.example' });
  const exact = await run(optionsFor(text, '--lead-id', 'id', '--exact-ids'));
  expect(exact.foldedIds).toEqual({ rows: 0 });
  expect(received('profile').map(({ leadId }) => leadId)).toEqual([
    ...['ann@x.example', 'ann@x.example', 'bob@x.example', 'lead-1'],
    ...['Ann@X.example', 'ann@x.example', 'Bob@X.example', 'lead-1'],
  ]);
});

it('takes an export of members for what it is, with the queues it needs', async () => {
  const heading = 'leadId,since,source,engagementLevel,profileLevel,accountId,accountLevel,phone';
  const text = `\ufeff${heading}\r\nl1,2026-03-10T12:00:00.000Z,rules,Hot,,acme,Target,+49 30 123456\r\n`;
  const { said, sent } = await run(optionsFor(text, '--lead-id', 'leadId'));
  expect(sent).toEqual({ profile: 1, level: 1 });
  expect(said).toEqual([expect.stringContaining('This is an export of members')]);
  expect(received('profile')).toMatchObject([
    { leadId: 'l1', accountId: 'acme', attributes: { phone: '+49 30 123456' } },
  ]);
  const file = join(folder, 'export.csv');
  writeFileSync(file, text);
  const only = readImportOptions([file, '--lead-id', 'leadId', ...queueFlags('profile')], new Date())!;
  await expect(run(only)).rejects.toThrow('--queue level=URL is missing');
});

it('sends a row without the cells and events that cannot be read, and says which', async () => {
  const args = ['--lead-id', 'id', '--as', 'paid=number 1.234,5', '--event', 'Visit=at'];
  const text = 'id,paid,at\n1,"1.200,50",2026-11-20\n2,much,soon\n3,x,2026-11-20\n';
  const result = await run(optionsFor(text, ...args));
  expect(result).toMatchObject({ sent: { profile: 3, event: 2 }, refusedRows: 0 });
  expect(received('profile')[0]).toMatchObject({ attributes: { paid: 1200.5 } });
  expect(result.leftOut).toEqual([
    { reason: 'no number 1.234,5; left out', column: 'paid', value: 'much', count: 2, lines: [3, 4] },
    { reason: 'event: no date or moment; left out', column: 'at', value: 'soon', count: 1, lines: [3] },
  ]);
});

it('sends nothing in a dry run, and tells all the rest', async () => {
  const options = optionsFor('id,a\n1,x\n1,y\n,z\n', '--lead-id', 'id', '--dry-run');
  const result = await run(options);
  expect(result).toMatchObject({ sent: { profile: 2 }, rows: 3, refusedRows: 1, repeatedRows: 1 });
  expect(received('profile')).toEqual([]);
});

it('lets the last row of a lead win, also where it continues between them', async () => {
  const text = 'id,a\n1,x\n2,x\n1,y\n1,\n';
  await run({ ...optionsFor(text, '--lead-id', 'id', '--occurred-at', '2026-11-20'), fromLine: 3 });
  expect(received('profile')).toMatchObject([
    { leadId: '2', occurredAt: '2026-11-20T00:00:00.000Z' },
    { leadId: '1', occurredAt: '2026-11-20T00:00:00.001Z', attributes: { a: 'y' } },
    { leadId: '1', occurredAt: '2026-11-20T00:00:00.002Z', attributes: {} },
  ]);
});

it('sends large rows in more calls than ten at once would fit', async () => {
  const header = Array.from({ length: 20 }, (_, index) => `column ${index}`);
  const row = (id: string) => [id, ...header.map(() => 'x'.repeat(4_000))].join(',');
  const text = [['id', ...header].join(','), ...Array.from({ length: 12 }, (_, index) => row(`lead-${index}`))];
  expect(await run(optionsFor(text.join('\n'), '--lead-id', 'id'))).toMatchObject({ sent: { profile: 12 } });
});

it('stops between rows when interrupted, and continues from the line it names', async () => {
  const interruption = new AbortController();
  const text = `id,a\n${rows(450)}\n`;
  const at = () => interruption.abort();
  const first = await run(optionsFor(text, '--lead-id', 'id'), { signal: interruption.signal, at });
  expect(first).toMatchObject({ sentThroughLine: 201, stopped: { reason: 'interrupted' } });
  const rest = await run(optionsFor(text, '--lead-id', 'id', '--from-line', String(first.sentThroughLine + 1)));
  expect(rest).toMatchObject({ sent: { profile: 250 }, sentThroughLine: 451 });
  expect(received('profile')).toHaveLength(450);
});

it('says up to where it sent when the queue fails', async () => {
  const failing = new SQSClient({
    endpoint: 'http://127.0.0.1:1',
    region,
    maxAttempts: 1,
    credentials: sqs.config.credentials,
  });
  const result = await run(optionsFor(`id,a\n${rows(3)}\n`, '--lead-id', 'id'), { client: failing });
  expect(result).toMatchObject({ sent: {}, sentThroughLine: 0, stopped: { reason: 'failed' } });
  expect(result.stopped!.message).toContain('ECONNREFUSED');
});

it('sends the rows before one that cannot be read', async () => {
  const result = await run(optionsFor('id,a\n1,x\n2,"y\n3,z\n', '--lead-id', 'id'));
  expect(result).toMatchObject({ sent: { profile: 1 }, sentThroughLine: 2, stopped: { reason: 'failed' } });
  expect(result.stopped!.message).toContain('line 3');
});

function importCommand(...args: string[]): Promise<{ code: number; output: string }> {
  const command = ['--import', 'tsx', 'tools/import/import.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: project }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` });
    });
  });
}

it('runs as a command: exit code 1 and the reason for a refused row', async () => {
  const file = join(folder, 'command.csv');
  writeFileSync(file, 'id,a\n1,x\n,y\n');
  const where = [...queueFlags('profile'), '--endpoint', `http://127.0.0.1:${server.port}`, '--region', region];
  const { code, output } = await importCommand(file, '--lead-id', 'id', ...where);
  expect(output).toContain('Refused: no lead id in "id": line 3');
  expect(output).toContain('2 rows read, 1 refused; sent: 1 profile change.');
  expect(code).toBe(1);
  expect(received('profile')).toMatchObject([{ leadId: '1', attributes: { a: 'x' } }]);
});

it('runs as a command: what is in a file, and the command to import it', async () => {
  const file = fileURLToPath(new URL('../../fixtures/imports/excel-german.csv', import.meta.url));
  const { code, output } = await importCommand(file, '--stack', 'x.json');
  expect(output).toContain('CSV in windows-1252, separated by ";", header in line 2, 3 rows.');
  expect(output).toMatch(/Umsatz +number 1\.234,5 +100 % +1\.200,50 €/);
  expect(output).toMatch(
    /npm run import -- .*excel-german.csv --stack x\.json --lead-id E-Mail --account Firma --slug-ids/,
  );
  expect(output).toContain(`--as 'Kunde seit=date DD/MM/YYYY'`);
  expect(code).toBe(0);
  const saved = join(folder, 'mapping.json');
  await importCommand(file, '--save-mapping', saved);
  const again = await importCommand(file, '--mapping', saved, '--dry-run');
  expect(again.output).toContain('3 rows read, 0 refused; would be sent: 3 profile changes.');
});

it('runs as a command: what a file is instead', async () => {
  const file = join(folder, 'leads.pdf');
  writeFileSync(file, '%PDF-1.7');
  const { code, output } = await importCommand(file);
  expect(output).toBe('This is a PDF: what can be read is CSV and workbooks (.xlsx).\n');
  expect(code).toBe(2);
});

it('runs as a command: how to continue after a failure', async () => {
  const file = join(folder, 'my leads.csv');
  writeFileSync(file, 'id,a\n1,x\n');
  const queue = ['--queue', 'profile=http://127.0.0.1:1/q', '--endpoint', 'http://127.0.0.1:1', '--region', region];
  const { code, output } = await importCommand(file, '--lead-id', 'id', ...queue);
  expect(code).toBe(1);
  expect(output).toContain('Nothing is sent');
  expect(output).toMatch(/npm run import -- '.*my leads\.csv' --lead-id id .*--from-line 1\n/);
});

it('runs as a command: exit code 2 for wrong options and files', async () => {
  expect(await importCommand('/nowhere.csv', '--lead-id', 'id', '--queue', 'profile=u')).toMatchObject({ code: 2 });
  expect(await importCommand('--help')).toMatchObject({ code: 0, output: expect.stringContaining('--lead-id COLUMN') });
});

it.each([
  [['--pin'], '--pin goes with --segment ID.'],
  [['--api', 'http://x'], '--api goes with --segment ID.'],
  [['--segment', 's', '--dry-run'], 'Either --segment or --dry-run, not both.'],
  [['--segment', 's', '--queue', 'profile=u'], 'Either --segment or --queue, not both.'],
  [['--segment', 's', '--api', 'somewhere'], '--api "somewhere" is not a URL.'],
  [['--segment', 's', '--stack', '/nowhere.json'], 'There is no /nowhere.json: where is the API? --api URL.'],
])('refuses %j: %s', (args, message) => {
  expect(() => readImportOptions(['f.csv', '--lead-id', 'id', ...args], new Date())).toThrow(message);
});

it('makes members of leads, not of accounts', () => {
  const args = ['f.csv', '--accounts', '--account-id', 'id', '--segment', 's', '--api', 'http://x'];
  expect(() => readImportOptions(args, new Date())).toThrow('--segment takes leads, not accounts.');
});
