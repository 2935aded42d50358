import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSentChange } from '../../shared/intake/sent-change.ts';
import {
  accountChangeSchema,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../shared/lead/change.ts';
import { parseChangeMessage } from '../../shared/lead/change-message.ts';
import { hostileMessage } from '../lead/hostile-messages.ts';

const receivedAt = Date.parse('2026-03-10T12:00:00Z');
const occurredAt = '2026-03-10T11:00:00Z';
const read = (change: unknown) => readSentChange(change, receivedAt, ['changes', 3]);

describe('a change is the message of its queue', () => {
  test.each([
    ['profile_change', 'profileChanges', { leadId: 'l1', accountId: null, attributes: { country: 'DE', phone: null } }],
    ['level_change', 'levelChanges', { changeId: 'c', leadId: 'l1', engagementLevel: 'Hot', profileLevel: null }],
    ['lead_event', 'leadEvents', { eventId: 'e', leadId: 'l1', eventType: 'Page View', metadata: { a: [{ b: 1 }] } }],
    ['account_change', 'accountChanges', { accountId: 'acme', accountLevel: 'Target', attributes: {} }],
  ])('%s', (kind, queue, change) => {
    const { message = '', ...rest } = read({ kind, occurredAt, ...change });
    expect(rest).toEqual({ queue });
    expect(JSON.parse(message)).toEqual({ occurredAt, ...change });
  });

  test('without the keys that its queue ignores', () => {
    const { message = '' } = read({
      kind: 'level_change',
      leadId: 'l1',
      occurredAt,
      toString: 1,
      detail: { leadId: 'x' },
    });
    expect(JSON.parse(message)).toEqual({ leadId: 'l1', occurredAt });
  });

  test('in characters that SQS takes', () => {
    const attributes = { '\uffff': '\ufffe' };
    const { message = '' } = read({ kind: 'profile_change', leadId: 'l1', occurredAt, attributes });
    expect(message).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(message)).toEqual({ leadId: 'l1', occurredAt, attributes });
  });
});

describe('a change is refused, with the path in the body', () => {
  const level = { kind: 'level_change', leadId: 'l1', occurredAt };
  const kinds = 'must be one of profile_change, level_change, lead_event, account_change';
  test.each<[string, unknown, string, unknown]>([
    ['what is no object', [level], '', 'must be a JSON object'],
    ['without a kind', { leadId: 'l1', occurredAt }, '/kind', kinds],
    ['of a kind that is none', { ...level, kind: 'constructor' }, '/kind', kinds],
    ['without what its kind needs', { ...level, kind: 'account_change' }, '/accountId', expect.any(String)],
    ['of a day', { ...level, occurredAt: '2026-03-10' }, '/occurredAt', 'must be an ISO 8601 date-time'],
    [
      'too far ahead',
      { ...level, occurredAt: '2026-03-11T12:00:01Z' },
      '/occurredAt',
      expect.stringContaining('24 hours'),
    ],
    [
      'with an attribute that is none',
      { ...level, kind: 'profile_change', attributes: { 'a/\ud800': {} } },
      '/attributes/a~1\ufffd',
      expect.stringContaining('must be text'),
    ],
  ])('%s', (_, change, path, message) => {
    expect(read(change)).toMatchObject({ errors: [{ path: `/changes/3${path}`, message }] });
  });

  test('with five mistakes at most', () => {
    const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}`, {}]));
    expect(read({ ...level, kind: 'profile_change', attributes }).errors).toHaveLength(5);
  });

  test('larger than a message of SQS', () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 180 }, (_, index) => [`a${index}`, '\uffff'.repeat(1_365)]),
    );
    const { errors } = read({ ...level, kind: 'profile_change', attributes });
    expect(errors).toMatchObject([{ path: '/changes/3', message: expect.stringMatching(/bytes as a message/) }]);
  });
});

test.each([
  ['profile_change', profileChangeSchema],
  ['level_change', levelChangeSchema],
  ['lead_event', leadEventSchema],
  ['account_change', accountChangeSchema],
] as const)(
  'whatever comes as %s: it is queued if its worker takes it, and refused for the same reasons',
  (kind, schema) => {
    const parse = (message: string) => parseChangeMessage<{ occurredAt: number }>(message, schema, receivedAt);
    fc.assert(
      fc.property(hostileMessage, (text) => {
        const { message, errors = [] } = read({ ...JSON.parse(text), kind });
        if (message !== undefined) {
          expect(parse(message)).toEqual(parse(text));
          return;
        }
        const reasons = errors.map((error) => `${error.path}: ${error.message}`.replace(/^\/changes\/3(: )?/, ''));
        const { refused } = parse(text) as { refused: string };
        expect(reasons.join('; ')).toBe(refused);
      }),
      { numRuns: 400 },
    );
  },
);
