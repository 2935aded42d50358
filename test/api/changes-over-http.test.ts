import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { useApiRoom } from './api-room.ts';

const opened = useApiRoom();
const { room } = opened;

const occurredAt = '2026-05-01T08:00:00Z';
const level = (index: number) => ({ leadId: `lead-${index}`, occurredAt, engagementLevel: 'Hot' });
const sent = (...changes: readonly object[]) => ({
  changes: changes.map((change) => ({ kind: 'level_change', ...change })),
});
const queued = async (queue = 'LEVEL_CHANGES') => (await room.take(queue)).map(({ body }) => JSON.parse(body));

/** Has SQS fail for messages that say so; answers what ends it. */
function failFor(word: string): () => void {
  const { sqs } = room.clients;
  const real = sqs.send.bind(sqs) as (command: unknown, options: unknown) => Promise<unknown>;
  const send = vi.spyOn(sqs, 'send').mockImplementation((async (command: unknown, options: unknown) => {
    if (!(command instanceof SendMessageBatchCommand)) return real(command, options);
    const { Entries = [], QueueUrl } = command.input;
    const failing = Entries.filter(({ MessageBody }) => MessageBody?.includes(word));
    const going = Entries.filter((entry) => !failing.includes(entry));
    if (going.length > 0) await real(new SendMessageBatchCommand({ QueueUrl, Entries: going }), options);
    return { Successful: [], Failed: failing.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })) };
  }) as never);
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  return () => {
    expect(JSON.stringify(told.mock.calls)).not.toContain('lead-');
    send.mockRestore();
    told.mockRestore();
  };
}

test('500 changes of every kind go to their queues, and workers take them', async () => {
  const changes = [
    { kind: 'profile_change', leadId: 'ann', occurredAt, accountId: 'acme', attributes: { country: 'DE' } },
    { kind: 'lead_event', leadId: 'ann', occurredAt, eventId: 'e-1', eventType: 'Page View' },
    { kind: 'account_change', accountId: 'acme', occurredAt, accountLevel: 'Target' },
    ...sent(...Array.from({ length: 497 }, (_, index) => level(index))).changes,
  ];
  const { status, body } = await opened.client.post('/changes', { changes });
  expect([status, body.results.length]).toEqual([202, 500]);
  expect(body.results.every(({ result }: { result: string }) => result === 'queued')).toBe(true);
  expect(await queued()).toHaveLength(497);
  await opened.change('accountChanges', ...(await queued('ACCOUNT_CHANGES')));
  await opened.change('profileChanges', ...(await queued('PROFILE_CHANGES')));
  await opened.change('leadEvents', ...(await queued('LEAD_EVENTS')));
  expect((await opened.client.get('/leads/ann')).body).toMatchObject({
    attributes: { country: 'DE' },
    account: { accountId: 'acme', accountLevel: 'Target' },
  });
});

test('what is wrong refuses nothing else; where all is wrong, the request is refused', async () => {
  const wrong = { ...level(1), occurredAt: 'today' };
  expect(await opened.client.post('/changes', sent(level(0), wrong))).toMatchObject({
    status: 202,
    body: { results: [{ result: 'queued' }, { result: 'refused', errors: [{ path: '/changes/1/occurredAt' }] }] },
  });
  expect(await queued()).toEqual([level(0)]);
  expect(await opened.client.post('/changes', sent(wrong))).toMatchObject({
    status: 422,
    body: { code: 'invalid', errors: [{ path: '/changes/0/occurredAt' }] },
  });
});

test.each<[string, object, string]>([
  ['no changes', { changes: [] }, '/changes'],
  ['more than 500', sent(...Array.from({ length: 501 }, (_, index) => level(index))), '/changes'],
  ['something beside them', { ...sent(level(0)), more: 1 }, '/more'],
])('%s is refused', async (_, body, path) => {
  expect(await opened.client.post('/changes', body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
});

test('lists in changes may be as long together as their queue takes them', async () => {
  const tags = Array.from({ length: 900 }, () => 'a');
  const changes = Array.from({ length: 50 }, (_, index) => ({
    ...{ kind: 'profile_change', leadId: `lead-${index}`, occurredAt },
    attributes: { tags },
  }));
  expect((await opened.client.post('/changes', { changes })).status).toBe(202);
  expect(await queued('PROFILE_CHANGES')).toHaveLength(50);
});

test('an Idempotency-Key: what is queued is not queued again; what failed is sent with the same key', async () => {
  const body = sent(level(0), { ...level(1), changeId: 'failing' });
  const headers = { 'idempotency-key': 'changes-1' };
  const heal = failFor('failing');
  expect(await opened.client.post('/changes', body, headers)).toMatchObject({
    status: 202,
    body: { results: [{ result: 'queued' }, { result: 'failed' }] },
  });
  heal();
  const all = { status: 202, body: { results: [{ result: 'queued' }, { result: 'queued' }] } };
  expect(await opened.client.post('/changes', body, headers)).toMatchObject(all);
  // The first comes twice, which changes nothing: a queue, too, may deliver it twice.
  expect(await queued()).toHaveLength(3);
  expect(await opened.client.post('/changes', body, headers)).toMatchObject(all);
  expect(await queued()).toEqual([]);
});

test('where nothing could be queued the answer is 503, with when to try again', async () => {
  const heal = failFor('lead');
  const { status, headers, text } = await opened.send({
    ...{ method: 'POST', path: '/changes', headers: { 'idempotency-key': 'changes-2' } },
    body: JSON.stringify(sent(level(0), { leadId: '' })),
  });
  heal();
  expect([status, headers['retry-after'], JSON.parse(text).code]).toEqual([503, '5', 'queues_unavailable']);
  expect(await queued()).toEqual([]);
});
