import { describe, expect, test } from 'vitest';
import {
  accountChangeSchema,
  leadEventSchema,
  leadIdSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../shared/lead/change.ts';

const occurredAt = '2026-03-10T11:00:00Z';
const profile = (attributes: unknown) => profileChangeSchema.safeParse({ leadId: 'l1', occurredAt, attributes });
const event = (more: object) =>
  leadEventSchema.safeParse({ leadId: 'l1', eventId: 'e1', eventType: 'Page View', occurredAt, ...more });

describe('ids', () => {
  test.each([
    ...['a', '7f3c-9', 'jane.doe@example.com', 'A_b:c+d|e=f', 'x'.repeat(128), "test.o'neil@x.example"],
    ...['müller&söhne@büro.example', '東京', 'हिन्दी', 'a{b}~^`?*$c', '東'.repeat(128)],
    ...['𐐀', '𠮷'.repeat(64), '!#%/', "o'neil!#x@x.example", '..'],
  ])('%s is one', (id) => {
    expect(leadIdSchema.safeParse(id).success).toBe(true);
  });
  test.each([
    ...[
      '',
      ' ',
      'a b',
      'a\u0000',
      'a\u200bb',
      'a\\b',
      'a"b',
      '😀',
      '\ud842',
      '𠮷'.repeat(65),
      '東'.repeat(129),
      'x'.repeat(129),
    ],
    ...['a\n', 7, null],
  ])('%j is none', (id) => {
    expect(leadIdSchema.safeParse(id).success).toBe(false);
  });
});

test('an id is the same however its accents are encoded', () => {
  expect(leadIdSchema.parse('mu\u0308ller@x.example')).toBe('müller@x.example');
});

describe('attributes', () => {
  test('are text, numbers, booleans, lists of text, and null', () => {
    const attributes = { a: 'x', b: '', c: 1.5, d: false, e: ['x', ''], f: [], g: null };
    expect(profile(attributes)).toMatchObject({ success: true, data: { attributes } });
  });

  test.each([
    ['an object', { a: {} }],
    ['a list of numbers', { a: [1] }],
    ['a list in a list', { a: [['x']] }],
    ['a name of spaces', { ' ': 'x' }],
    ['a name of 1001 bytes', { ['ü'.repeat(501)]: 'x' }],
    ['a list instead of an object', ['x']],
    ['null instead of an object', null],
    ['201 of them', Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`a${index}`, 1]))],
    ['4097 bytes of text', { a: `${'ü'.repeat(2048)}x` }],
    ['4097 bytes of list', { a: ['x'.repeat(4093)] }],
  ])('are refused: %s', (_, attributes) => {
    expect(profile(attributes).success).toBe(false);
  });

  test('are taken up to their limits', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, 'ü'.repeat(2048)]));
    expect(profile(many).success).toBe(true);
    expect(profile({ ['x'.repeat(1000)]: ['x'.repeat(4092)] }).success).toBe(true);
  });

  test('keep the name "__proto__"', () => {
    const { data } = profile(JSON.parse('{"__proto__": "p"}'));
    expect(Object.keys(data?.attributes ?? {})).toEqual(['__proto__']);
    expect(profile(JSON.parse('{"__proto__": {"x": 1}}')).success).toBe(false);
  });
});

describe('levels', () => {
  test('are any text, also one that the vocabulary does not have, or null', () => {
    const change = { leadId: 'l1', occurredAt, engagementLevel: 'Lukewarm', profileLevel: null };
    expect(levelChangeSchema.parse(change)).toMatchObject({ engagementLevel: 'Lukewarm', profileLevel: null });
    expect(levelChangeSchema.safeParse({ ...change, profileLevel: 3 }).success).toBe(false);
    expect(accountChangeSchema.safeParse({ accountId: 'a', occurredAt, accountLevel: ['x'] }).success).toBe(false);
  });
});

describe('accounts', () => {
  test('of a lead are an id, or null, or not mentioned', () => {
    const change = (accountId: unknown) => profileChangeSchema.safeParse({ leadId: 'l1', occurredAt, accountId });
    expect(change('acme').data).toMatchObject({ accountId: 'acme' });
    expect(change(null).data).toMatchObject({ accountId: null });
    expect(change(undefined).success).toBe(true);
    expect(change('').success).toBe(false);
    expect(change('two words').success).toBe(false);
  });
});

describe('events', () => {
  test('need a type of 1 to 100 characters without #', () => {
    expect(event({ eventType: 'x'.repeat(100) }).success).toBe(true);
    for (const eventType of ['', 'x'.repeat(101), 'a#b', 7, undefined])
      expect(event({ eventType }).success).toBe(false);
  });

  test('need an id', () => expect(event({ eventId: undefined }).success).toBe(false));

  test('take any metadata up to 100 KB, nested too', () => {
    const metadata = { path: '/pricing', nested: { list: [1, { a: null }] } };
    expect(event({ metadata }).data).toMatchObject({ metadata });
    expect(event({ metadata: { x: 'x'.repeat(99_990) } }).success).toBe(true);
    for (const wrong of [{ x: 'x'.repeat(99_993) }, { x: 'ü'.repeat(50_000) }, [], 'text', null, 7]) {
      expect(event({ metadata: wrong }).success).toBe(false);
    }
  });
});
