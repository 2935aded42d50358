import { describe, expect, test } from 'vitest';
import { leadEventSchema, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';

const receivedAt = Date.parse('2026-03-10T12:00:00Z');
const message = { leadId: 'l1', occurredAt: '2026-03-10T11:00:00Z', attributes: { country: 'DE' } };
const parse = (body: unknown) =>
  parseChangeMessage(typeof body === 'string' ? body : JSON.stringify(body), profileChangeSchema, receivedAt);
const understood = { change: { ...message, occurredAt: Date.parse(message.occurredAt) } };

describe('a change message is understood', () => {
  test('bare', () => expect(parse(message)).toEqual(understood));

  test('in the envelope of EventBridge', () => {
    const envelope = { version: '0', id: 'x', 'detail-type': 'Profile', source: 'crm', detail: message };
    expect(parse(envelope)).toEqual(understood);
  });

  test('in the envelope of SNS', () => {
    const envelope = { Type: 'Notification', MessageId: 'x', TopicArn: 'arn', Message: JSON.stringify(message) };
    expect(parse(envelope)).toEqual(understood);
  });

  test('in the envelope of EventBridge in that of SNS', () => {
    expect(parse({ Type: 'Notification', Message: JSON.stringify({ detail: message }) })).toEqual(understood);
  });

  test('with keys nobody knows yet, and with a "detail" or "Message" of its own', () => {
    const grown = { ...message, detail: { leadId: 'other' }, Message: 'hello', segment: 'x' };
    expect(parse(grown)).toEqual(understood);
  });
});

describe('a change message is refused with the reason', () => {
  test.each<[string, unknown, RegExp]>([
    ['text that is not JSON', '{"leadId":', /^is not JSON: /],
    ['an SNS message that is not JSON', { Message: 'hello' }, /^is not JSON: /],
    ['a list', [message], /^must be a JSON object$/],
    ['null', 'null', /^must be a JSON object$/],
    ['text', '"l1"', /^must be a JSON object$/],
    ['a detail that is no object', { detail: 'l1' }, /^must be a JSON object$/],
    ['no lead', { occurredAt: message.occurredAt }, /^\/leadId: /],
    ['a lead id with a space', { ...message, leadId: 'l 1' }, /^\/leadId: must be 1 to 128/],
    ['no moment', { leadId: 'l1' }, /^\/occurredAt: /],
    ['a day for a moment', { ...message, occurredAt: '2026-03-10' }, /^\/occurredAt: must be an ISO 8601 date-time/],
    ['a moment that is a number', { ...message, occurredAt: receivedAt }, /^\/occurredAt: /],
    ['a moment too far ahead', { ...message, occurredAt: '2026-03-11T12:00:01Z' }, /^\/occurredAt: .*24 hours/],
    ['a nested attribute', { ...message, attributes: { 'a/b': {} } }, /^\/attributes\/a~1b: must be/],
  ])('%s', (_, body, reason) => {
    expect(parse(body)).toEqual({ refused: expect.stringMatching(reason) });
  });

  test('with five reasons at most', () => {
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}`, {}]));
    const { refused } = parse({ ...message, attributes }) as { refused: string };
    expect(refused.split('; ')).toHaveLength(5);
  });

  test('but not when it is 24 hours ahead to the millisecond', () => {
    expect(parse({ ...message, occurredAt: '2026-03-11T12:00:00.000Z' })).toHaveProperty('change');
  });
});

test('every schema reads its moment as milliseconds, with any offset', () => {
  const at = Date.parse('2026-03-10T11:00:00Z');
  for (const occurredAt of ['2026-03-10T11:00:00', '2026-03-10T12:30:00.000+01:30', '2026-03-10T11:00Z']) {
    expect(levelChangeSchema.parse({ leadId: 'l', occurredAt }).occurredAt).toBe(at);
    expect(leadEventSchema.parse({ leadId: 'l', eventId: 'e', eventType: 't', occurredAt }).occurredAt).toBe(at);
  }
});

describe('a message that no worker could digest is refused like any other', () => {
  const event = (more: string) =>
    `{"eventId":"e","leadId":"l","occurredAt":"2026-01-01T00:00:00Z","eventType":"x"${more}}`;
  test.each([
    ['metadata nested thousands deep', event(`,"metadata":{"a":${'['.repeat(6_000)}${']'.repeat(6_000)}}`), 'deep'],
    ['an envelope in an envelope in an envelope', `${'{"detail":'.repeat(20_000)}1${'}'.repeat(20_000)}`, ''],
    [
      'half a character in the event type',
      event('').replace('"x"', '"x\\ud83d"'),
      '/eventType: must be well-formed text',
    ],
  ])('%s', (_title, body, reason) => {
    const parsed = parseChangeMessage(body, leadEventSchema, Date.parse('2026-01-01T00:00:00Z'));
    expect(parsed).toEqual({ refused: expect.stringContaining(reason) });
  });
});

test('numbers that JSON cannot keep are no numbers live either', () => {
  const body =
    '{"eventId":"e","leadId":"l","occurredAt":"2026-01-01T00:00:00Z","eventType":"x","metadata":{"amount":1e999}}';
  const parsed = parseChangeMessage(body, leadEventSchema, Date.parse('2026-01-01T00:00:00Z'));
  expect(parsed).toMatchObject({ change: { metadata: { amount: null } } });
});
