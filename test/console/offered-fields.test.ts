import { expect, test } from 'vitest';
import { offeredFields } from '../../console/settings/offered-fields.ts';

const vocabulary = {
  lead: { fields: [{ name: 'country', kinds: ['text' as const], values: ['DE'] }] },
  account: { fields: [{ name: 'employees', kinds: ['number' as const], values: [] }] },
  events: [{ eventType: 'Page View', fields: [{ name: 'path', kinds: ['text' as const], values: [] }] }],
  levels: { engagement: [], profile: [], account: [] },
  hidden: ['lead:contry', 'event:Old', 'event:Page View#q'],
  display: { name: [], isGuess: true as const },
};

test('all that rules can use is listed by the keys of the API, what is hidden last', () => {
  expect(offeredFields(vocabulary, '').map(({ key, name, of, isHidden }) => [key, name, of, isHidden])).toEqual([
    ['lead:country', 'country', 'Lead', false],
    ['account:employees', 'employees', 'Account', false],
    ['event:Page View', 'Page View', 'Event', false],
    ['event:Page View#path', 'path', 'Page View', false],
    ['lead:contry', 'contry', 'Lead', true],
    ['event:Old', 'Old', 'Event', true],
    ['event:Page View#q', 'q', 'Page View', true],
  ]);
});

test('a search finds names and what they are of, however they are written', () => {
  expect(offeredFields(vocabulary, 'PAGE').map(({ key }) => key)).toEqual([
    'event:Page View',
    'event:Page View#path',
    'event:Page View#q',
  ]);
});
