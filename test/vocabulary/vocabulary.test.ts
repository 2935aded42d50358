import { expect, test } from 'vitest';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { type Sightings, vocabularyOf } from '../../shared/vocabulary/vocabulary.ts';

const seenOf = (fields: Record<string, [kinds: string[], values: string[]]>): Sightings =>
  new Map(
    Object.entries(fields).map(([place, [kinds, values]]) => [
      place,
      { kinds: new Set(kinds) as Set<never>, values: new Set(values) },
    ]),
  );

test('the rule builder gets it sorted: fields of leads and accounts, event types with their fields, levels', () => {
  const seen = seenOf({
    'lead:b': [['text'], ['y', 'x']],
    'lead:a': [['number'], ['2']],
    'account:c': [['text'], ['z']],
    'event:View': [[], []],
    'event:View#path': [['text'], ['/']],
    'event:Open': [[], []],
  });
  expect(vocabularyOf(seen, defaultLevels)).toEqual({
    lead: {
      fields: [
        { name: 'a', kinds: ['number'], values: ['2'] },
        { name: 'b', kinds: ['text'], values: ['x', 'y'] },
        { name: 'leadId', kinds: ['text'], values: [] },
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

test('a field that holds booleans is offered both, whatever was seen', () => {
  const { lead } = vocabularyOf(seenOf({ 'lead:ok': [['boolean', 'text'], ['maybe']] }), defaultLevels);
  expect(lead.fields.find(({ name }) => name === 'ok')?.values).toEqual(['false', 'maybe', 'true']);
});

test('a field of an event may have # in its name', () => {
  const { events } = vocabularyOf(
    seenOf({ 'event:View': [[], []], 'event:View#a#b': [['number'], ['1']] }),
    defaultLevels,
  );
  expect(events).toEqual([{ eventType: 'View', fields: [{ name: 'a#b', kinds: ['number'], values: ['1'] }] }]);
});
