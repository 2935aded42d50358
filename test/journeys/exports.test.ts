import { randomBytes } from 'node:crypto';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Json } from '../api-client.ts';
import { parquetTable } from '../export/read-parquet.ts';
import { useRunningStack } from './running-stack.ts';

const running = useRunningStack();
const api = () => running.current.api;

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

let serial = 0;
const create = (content: object = {}): Promise<Json> => api().create({ name: `Segment ${++serial}`, ...content });
const profile = (leadId: string, attributes: object, minutes = 10, more: object = {}) => ({
  leadId,
  occurredAt: ago(minutes),
  attributes,
  ...more,
});
/** Asserts a problem, and answers the paths of its errors. */
function expectProblem(answer: Answer, status: number, code: string): string[] {
  expect(answer).toMatchObject({ status, contentType: 'application/problem+json', body: { status, code } });
  return (answer.body.errors ?? []).map(({ path }: Json) => path);
}

// Of the columns of an export are all attributes that any lead has.
beforeAll(() => running.current.send('profileChanges', profile('lead-1', { country: 'DE', number: 1 }, 60)));

/** Every object that the stack keeps in S3, as it is stored. */
async function storedObjects(): Promise<string[]> {
  const { endpoints, region, credentials } = running.current.file;
  const s3 = new S3Client({ region, credentials, endpoint: endpoints.s3!, forcePathStyle: true });
  try {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand());
    const lists = await Promise.all(Buckets.map(({ Name }) => s3.send(new ListObjectsV2Command({ Bucket: Name! }))));
    return lists.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key!));
  } finally {
    s3.destroy();
  }
}

const linesOf = (file: Buffer): Json[] =>
  file
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { bom: true, columns: true });

const names = ['a', 'b'].flatMap((half) => Array.from({ length: 40 }, (_, index) => `${half} ${index}`));
const large = Array.from({ length: 20 }, (_, index) => {
  // Text that no format makes smaller.
  const texts = names.map((name) => [name, randomBytes(2_000).toString('hex')] as const);
  return { leadId: `large-${index}`, texts };
});

describe('an export', () => {
  let largeSegmentId: string;

  test('has a row of each member, with source, levels, account and attributes, however they are written', async () => {
    const awkward = {
      country: 'LI',
      company: 'Müller, "Söhne"\r\n& Co',
      formula: '=1+1',
      score: -5,
      source: 'web',
      tags: ['a', 'b'],
      opted: false,
    };
    await running.current.send('profileChanges', profile('liechtenstein', awkward, 5, { accountId: 'acme' }));
    await running.current.send('accountChanges', { accountId: 'acme', occurredAt: ago(5), accountLevel: 'Target' });
    const { id } = await create({ name: 'Größte "Kunden"', active: true, rules: [{ ...isGerman, value: 'LI' }] });
    await running.current.settle();
    const answer = await api().get(`/segments/${id}/export`);
    expect(answer).toMatchObject({
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="Gro-te-Kunden.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fte-Kunden.csv`,
    });
    expect(answer.body.split('\r\n')[0]).toMatch(
      /^\ufeff?leadId,since,source,engagementLevel,profileLevel,accountId,accountLevel,/,
    );
    expect(rowsOf(answer.body)).toEqual([
      expect.objectContaining({
        leadId: 'liechtenstein',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
        source: 'rules',
        engagementLevel: '',
        accountId: 'acme',
        accountLevel: 'Target',
        country: 'LI',
        company: 'Müller, "Söhne"\r\n& Co',
        formula: "'=1+1",
        score: '-5',
        'attributes.source': 'web',
        tags: '["a","b"]',
        opted: 'false',
        number: '',
      }),
    ]);
    const chosen = (await api().get(`/segments/${id}/export?fields=score,country`)).body;
    expect(chosen.split('\r\n')[0]).toMatch(/,accountLevel,score,country$/);
    await api().patch(`/segments/${id}`, { active: false });
    expect(rowsOf((await api().get(`/segments/${id}/export`)).body)).toEqual([]);
  });

  test('refuses what does not exist: segment, attribute, export', async () => {
    const { id } = await create();
    expectProblem(await api().get('/segments/seg_missing/export'), 404, 'not_found');
    const answer = await api().get(`/segments/${id}/export?fields=country,countri`);
    expect(expectProblem(answer, 422, 'invalid')).toEqual(['/fields']);
    expect(answer.body.detail).toContain('countri ');
    for (const exportId of ['exp_x', `exp_${'0'.repeat(26)}`]) {
      expectProblem(await api().get(`/exports/${exportId}`), 404, 'not_found');
    }
  });

  describe('of more than 4 MB', () => {
    beforeAll(async () => {
      for (const half of ['a', 'b']) {
        for (const { leadId, texts } of large) {
          const attributes = Object.fromEntries(texts.filter(([name]) => name.startsWith(half)));
          await running.current.send('profileChanges', profile(leadId, { country: 'BR', ...attributes }, 5));
        }
      }
      const { id } = await create({ name: 'Large', active: true, rules: [{ ...isGerman, value: 'BR' }] });
      await running.current.settle(120_000);
      largeSegmentId = id;
      expect((await api().segment(id)).memberCount).toBe(large.length);
    });

    test.each<[string, string, (file: Buffer) => Json[]]>([
      ['csv', 'text/csv; charset=utf-8', (file) => rowsOf(file.toString())],
      ['parquet', 'application/vnd.apache.parquet', (file) => parquetTable(file).rows],
      [
        'jsonl',
        'application/jsonl; charset=utf-8',
        (file) => linesOf(file).map(({ attributes, ...line }) => ({ ...line, ...attributes })),
      ],
    ])('becomes a file, at an address that is signed: %s', async (format, contentType, read) => {
      const answer = await api().get(`/segments/${largeSegmentId}/export?format=${format}`);
      expect(answer).toMatchObject({
        ...{ status: 202, body: { state: 'queued' }, location: `/exports/${answer.body.exportId}` },
      });
      await running.current.settle(120_000);
      const { body } = await api().get(answer.location!);
      expect(body).toMatchObject({
        state: 'done',
        rows: 20,
        segmentId: largeSegmentId,
        finishedAt: expect.any(String),
      });
      expect(Date.parse(body.urlExpiresAt)).toBeGreaterThan(Date.now());
      const file = await fetch(body.url);
      expect(file.headers.get('content-type')).toBe(contentType);
      const rows = new Map(read(Buffer.from(await file.arrayBuffer())).map((row) => [row.leadId, row]));
      expect([...rows.keys()].sort()).toEqual(large.map(({ leadId }) => leadId).sort());
      for (const { leadId, texts } of large) {
        expect(rows.get(leadId)).toMatchObject({ country: 'BR', ...Object.fromEntries(texts) });
      }
    });
  });

  test('is withdrawn, file and all, when a lead in it is erased; nothing that is published or logged has its values', async () => {
    const bus = await running.current.listenToBus('erased', { source: ['lead-segments'] });
    const before = await storedObjects();
    const answer = await api().get(`/segments/${largeSegmentId}/export`);
    await running.current.settle(120_000);
    const { body } = await api().get(answer.location!);
    expect((await storedObjects()).length).toBeGreaterThan(before.length);

    expect((await api().request('DELETE', '/leads/large-7')).status).toBe(204);
    await running.current.settle(120_000);
    expect((await api().get(answer.location!)).body).toMatchObject({ state: 'failed' });
    // Not 404: whose signature it is may not list the bucket.
    expect((await fetch(body.url)).status).toBe(403);
    // All exports had a row of it.
    expect(await storedObjects()).toEqual([]);
    const told = await bus.details();
    expect(told).toContainEqual(expect.objectContaining({ lead: expect.objectContaining({ id: 'large-7' }) }));
    for (const [, text] of large[7]!.texts) {
      expect(JSON.stringify(told)).not.toContain(text.slice(0, 20));
      expect(running.current.problems.join('\n')).not.toContain(text.slice(0, 20));
    }
  });
});
