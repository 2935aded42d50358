import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { answerOnce } from '../../functions/api/answer-once.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const room = useWorkerRoom();

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
const hash = createKeyedHash('a key of tests');
const onceOf = (handler: Handler) => answerOnce({ table: 'Segments', client: room.clients.dynamodb, hash }, handler);

const context = { getRemainingTimeInMillis: () => 20_000 } as Context;
const post = (key: string, body = '{}') =>
  ({
    headers: { 'idempotency-key': key },
    requestContext: { http: { method: 'POST' } },
    rawPath: '/segments',
    rawQueryString: '',
    body,
  }) as unknown as APIGatewayProxyEventV2;
const answering = (body: string) => vi.fn<Handler>().mockResolvedValue({ statusCode: 201, body });

test('the same key again gets the first answer, and runs nothing', async () => {
  const handler = answering('first');
  const once = onceOf(handler);
  expect(await once(post('a'), context)).toEqual({ statusCode: 201, body: 'first' });
  const headers = { 'idempotent-replayed': 'true' };
  expect(await once(post('a'), context)).toEqual({ statusCode: 201, body: 'first', headers });
  expect(handler).toHaveBeenCalledTimes(1);
});

test('an answer is kept so that only the same request can read it', async () => {
  const once = onceOf(answering('{"leadId":"ada-canary"}'));
  await once(post('sealed', '{"of":"ada-canary"}'), context);
  const { Items = [] } = await room.clients.dynamodb.send(new ScanCommand({ TableName: 'Segments' }));
  const stored = Items.flatMap((item) => [
    JSON.stringify(item),
    Buffer.from(item.data?.M?.sealedBody?.B ?? []).toString(),
  ]);
  expect(stored.join()).toContain('sealedBody');
  expect(stored.join()).not.toContain('canary');
  expect((await once(post('sealed', '{"of":"ada-canary"}'), context)).body).toBe('{"leadId":"ada-canary"}');
});

test('what only reads is done again, and not kept', async () => {
  const handler = answering('{"leads":[]}');
  const once = onceOf(handler);
  const search = { ...post('search'), routeKey: 'POST /leads/search', rawPath: '/leads/search' };
  await once(search, context);
  expect(await once(search, context)).toEqual({ statusCode: 201, body: '{"leads":[]}' });
  expect(handler).toHaveBeenCalledTimes(2);
});

test('an answer of 350,000 bytes is kept', async () => {
  const handler = answering('x'.repeat(350_000));
  const once = onceOf(handler);
  await once(post('large'), context);
  expect((await once(post('large'), context)).body).toHaveLength(350_000);
  expect(handler).toHaveBeenCalledTimes(1);
});

test('a segment too large to be kept is made once, and read again for the same key', async () => {
  const large = (revision: number) => JSON.stringify({ id: 'seg_1', revision, rules: 'ü'.repeat(300_000) });
  const headers = { location: '/segments/seg_1', etag: '"1"' };
  const handler = vi
    .fn<Handler>()
    .mockResolvedValueOnce({ statusCode: 201, headers, body: large(1) })
    .mockResolvedValueOnce({ statusCode: 200, headers: { etag: '"2"' }, body: large(2) });
  const once = onceOf(handler);
  const restore = post('large segment');
  restore.headers['if-match'] = '"0"';
  expect(await once(restore, context)).toEqual({ statusCode: 201, headers, body: large(1) });
  expect(await once({ ...restore }, context)).toEqual({
    statusCode: 201,
    headers: { location: '/segments/seg_1', etag: '"2"', 'idempotent-replayed': 'true' },
    body: large(2),
  });
  const [reading] = handler.mock.calls[1]!;
  expect(reading).toMatchObject({ routeKey: 'GET /segments/{segmentId}', pathParameters: { segmentId: 'seg_1' } });
  expect(reading).not.toHaveProperty('body');
  expect(reading.headers).not.toHaveProperty('if-match');
});

test('what is read and too large to be kept is answered all the same; the key is free again', async () => {
  const body = JSON.stringify({ leads: ['ü'.repeat(300_000)] });
  const handler = answering(body);
  const once = onceOf(handler);
  expect(await once(post('huge'), context)).toEqual({ statusCode: 201, body });
  expect((await once(post('huge'), context)).statusCode).toBe(201);
  expect(handler).toHaveBeenCalledTimes(2);
});

test('the same key for another request is refused', async () => {
  const once = onceOf(answering('first'));
  await once(post('b'), context);
  await expect(once(post('b', '{"other":1}'), context)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});
