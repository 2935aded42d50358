import { describe, expect, test } from 'vitest';
import type { LeadChange } from '../../shared/lead/change.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import {
  joinSightings,
  maximumSeenValues,
  newSightings,
  type Sightings,
  sightingsOf,
  vocabularyOf,
} from '../../shared/vocabulary/vocabulary.ts';

const profile = (attributes: Record<string, unknown>): LeadChange =>
  ({ kind: 'profile_change', leadId: 'l', occurredAt: 1, attributes }) as LeadChange;
const event = (eventType: string, metadata?: Record<string, unknown>): LeadChange => ({
  kind: 'lead_event',
  leadId: 'l',
  eventId: 'e',
  eventType,
  occurredAt: 1,
  ...(metadata && { metadata }),
});
const account = (attributes: Record<string, string>) => ({ accountId: 'a', occurredAt: 1, attributes });
const asPlain = (seen: Sightings) =>
  Object.fromEntries([...seen].map(([place, { kinds, values }]) => [place, [[...kinds], [...values]]]));

describe('what changes mention', () => {
  test('is noted by place, with kinds and values', () => {
    const seen = sightingsOf([
      profile({ city: 'Ulm', size: 9, ok: true, born: '2001-02-03', zip: '01234', tags: ['a', 'b'] }),
      profile({ city: 'Bonn' }),
      account({ city: 'Kiel' }),
      event('View', { path: '/', nested: { a: 1 } }),
      event('Open'),
    ]);
    expect(asPlain(seen)).toEqual({
      'lead:city': [['text'], ['Ulm', 'Bonn']],
      'lead:size': [['number'], ['9']],
      'lead:ok': [['boolean'], ['true']],
      'lead:born': [['date'], ['2001-02-03']],
      'lead:zip': [['number'], ['01234']],
      'lead:tags': [['list'], ['a', 'b']],
      'account:city': [['text'], ['Kiel']],
      'event:View': [[], []],
      'event:View#path': [['text'], ['/']],
      'event:View#nested': [[], []],
      'event:Open': [[], []],
    });
  });

  test('is nothing for cleared and empty attributes, and no value for very long text', () => {
    const seen = sightingsOf([profile({ a: null, b: '', c: ' ', d: [], e: 'x'.repeat(101), f: [''], g: ['a', ' '] })]);
    expect(asPlain(seen)).toEqual({ 'lead:e': [['text'], []], 'lead:g': [['list'], ['a']] });
  });

  test('is noted up to a number of values', () => {
    const seen = sightingsOf(Array.from({ length: 90 }, (_, index) => profile({ n: index })));
    expect(seen.get('lead:n')?.values.size).toBe(maximumSeenValues);
  });
});

describe('what is new', () => {
  const known = sightingsOf([profile({ city: 'Ulm', size: 1 })]);

  test('is only what was not known, and nothing the second time', () => {
    const fresh = newSightings(
      sightingsOf([profile({ city: 'Bonn', size: 1 }), profile({ city: 7, web: 'x' })]),
      known,
    );
    expect(asPlain(fresh)).toEqual({ 'lead:city': [['number'], ['Bonn', '7']], 'lead:web': [['text'], ['x']] });
    const joined = joinSightings(known, fresh);
    expect([...newSightings(fresh, joined)]).toEqual([]);
    expect(asPlain(joined)['lead:city']).toEqual([
      ['text', 'number'],
      ['Ulm', 'Bonn', '7'],
    ]);
  });

  test('is no more than there is room for', () => {
    const many = sightingsOf(Array.from({ length: 49 }, (_, index) => profile({ city: `c${index}` })));
    const fresh = newSightings(sightingsOf([profile({ city: 'x' }), profile({ city: 'y' })]), many);
    expect(asPlain(fresh)['lead:city']).toEqual([[], ['x']]);
    expect([...newSightings(sightingsOf([profile({ city: 'z' })]), joinSightings(many, fresh))]).toEqual([]);
  });
});

test('the rule builder gets it sorted: fields of leads and accounts, event types with their fields, levels', () => {
  const seen = sightingsOf([
    profile({ b: 'y', a: 2 }),
    profile({ b: 'x' }),
    account({ c: 'z' }),
    event('View', { path: '/' }),
    event('Open'),
  ]);
  expect(vocabularyOf(seen, defaultLevels)).toEqual({
    lead: {
      fields: [
        { name: 'a', kinds: ['number'], values: ['2'] },
        { name: 'b', kinds: ['text'], values: ['x', 'y'] },
      ],
    },
    account: { fields: [{ name: 'c', kinds: ['text'], values: ['z'] }] },
    events: [
      { eventType: 'Open', fields: [] },
      { eventType: 'View', fields: [{ name: 'path', kinds: ['text'], values: ['/'] }] },
    ],
    levels: defaultLevels,
  });
});

test('a field of an event may have # in its name', () => {
  const { events } = vocabularyOf(sightingsOf([event('View', { 'a#b': 1 })]), defaultLevels);
  expect(events).toEqual([{ eventType: 'View', fields: [{ name: 'a#b', kinds: ['number'], values: ['1'] }] }]);
});

test('what cannot be shown or stored is passed over: objects in lists, halves of characters, endless names', () => {
  const metadata = { items: [{ toString: 1 }], 'bad\ud83d': 'x', ['n'.repeat(400)]: 'x', ok: 'half\ud83d' };
  const event = { kind: 'lead_event' as const, eventId: 'e', leadId: 'l', eventType: 'View', occurredAt: 0, metadata };
  const seen = sightingsOf([event]);
  expect([...seen.keys()]).toEqual(['event:View', 'event:View#items', 'event:View#ok']);
  expect(seen.get('event:View#ok')?.values).toEqual(new Set());
});
