import { describe, expect, test } from 'vitest';
import type { LeadChange } from '../../shared/lead/change.ts';
import { type Mentions, mentionsOf } from '../../shared/vocabulary/mentions.ts';

const profile = (attributes: Record<string, unknown>, leadId = 'l'): LeadChange =>
  ({ kind: 'profile_change', leadId, occurredAt: 1, attributes }) as LeadChange;
const event = (eventType: string, metadata?: Record<string, unknown>): LeadChange => ({
  kind: 'lead_event',
  leadId: 'l',
  eventId: 'e',
  eventType,
  occurredAt: 1,
  ...(metadata && { metadata }),
});
const account = (attributes: Record<string, string>) => ({ accountId: 'a', occurredAt: 1, attributes });
const asPlain = (mentions: Mentions) =>
  Object.fromEntries([...mentions].map(([place, { kinds, values }]) => [place, [[...kinds], [...values.keys()]]]));

describe('what changes mention', () => {
  test('is told by place, with kinds and values', () => {
    const mentions = mentionsOf([
      profile({ city: 'Ulm', size: 9, ok: true, born: '2001-02-03', zip: '01234', tags: ['a', 'b'] }),
      profile({ city: 'Bonn' }),
      account({ city: 'Kiel' }),
      event('View', { path: '/', nested: { a: 1 } }),
      event('Open'),
    ]);
    expect(asPlain(mentions)).toEqual({
      'lead:city': [['text'], ['Ulm', 'Bonn']],
      'lead:size': [['number'], ['9']],
      'lead:ok': [['boolean'], []],
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

  test('comes with whom it is about', () => {
    const mentions = mentionsOf([
      profile({ city: 'Ulm' }),
      profile({ city: 'Ulm' }, 'm'),
      profile({ city: 'Ulm' }, 'm'),
      account({ city: 'Ulm' }),
    ]);
    expect(mentions.get('lead:city')?.values).toEqual(new Map([['Ulm', new Set(['l', 'm'])]]));
    expect(mentions.get('account:city')?.values).toEqual(new Map([['Ulm', new Set(['a'])]]));
  });

  test('is nothing for cleared and empty attributes, and no value that is long or personal', () => {
    const attributes = { a: null, b: '', c: ' ', d: [], e: 'x '.repeat(60), f: [''], g: ['a', ' '], h: 'a@b.example' };
    expect(asPlain(mentionsOf([profile(attributes)]))).toEqual({
      'lead:e': [['text'], []],
      'lead:g': [['list'], ['a']],
      'lead:h': [['text'], []],
    });
  });

  test('has no end of values', () => {
    const mentions = mentionsOf(Array.from({ length: 500 }, (_, index) => profile({ n: index })));
    expect(mentions.get('lead:n')?.values.size).toBe(200);
  });

  test('passes over what cannot be shown or stored: objects in lists, halves of characters, endless names', () => {
    const metadata = { items: [{ toString: 1 }], 'bad\ud83d': 'x', ['n'.repeat(400)]: 'x', ok: 'half\ud83d' };
    const mentions = mentionsOf([event('View', metadata)]);
    expect([...mentions.keys()]).toEqual(['event:View', 'event:View#items', 'event:View#ok']);
    expect(mentions.get('event:View#ok')?.values.size).toBe(0);
  });
});
