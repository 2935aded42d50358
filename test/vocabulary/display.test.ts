import { expect, test } from 'vitest';
import {
  type DisplayFields,
  displayOf,
  guessDisplay,
  isShownWith,
  saveDisplaySchema,
} from '../../shared/vocabulary/display.ts';

test.each<[string[], DisplayFields]>([
  [['email', 'first_name', 'last_name', 'country'], { name: ['first_name', 'last_name'], email: 'email' }],
  [['E-Mail', 'Vorname', 'Nachname'], { name: ['Vorname', 'Nachname'], email: 'E-Mail' }],
  [['Full Name', 'lastName'], { name: ['Full Name'], email: undefined }],
  [['firstName', 'Email Address'], { name: ['firstName'], email: 'Email Address' }],
  [['name', 'First Name', 'Last Name'], { name: ['First Name', 'Last Name'], email: undefined }],
  [['company_name', 'emails_sent'], { name: [], email: undefined }],
])('of the fields %j it guesses %j', (fields, guess) => {
  expect(guessDisplay(fields)).toEqual(guess);
});

const shownBy = { name: ['first', 'last'], email: 'mail' };

test.each([
  [
    { first: ' Ada ', last: 'Lovelace', mail: 'ada@x.example' },
    { displayName: 'Ada Lovelace', email: 'ada@x.example' },
  ],
  [{ first: '', last: 'Lovelace' }, { displayName: 'Lovelace' }],
  [{ first: null, mail: '  ' }, {}],
  [{ last: 7 }, { displayName: '7' }],
  [{ constructor: 'x' }, {}],
])('a lead with %j is shown by %j', (attributes, shown) => {
  expect(displayOf(attributes, shownBy)).toEqual(shown);
});

test('without fields, a lead is shown by nothing', () => {
  expect(displayOf({ first: 'Ada' }, { name: [] })).toEqual({});
});

test('a name has up to three different fields', () => {
  const accepts = (body: unknown) => saveDisplaySchema.safeParse(body).success;
  expect([{ name: [] }, { name: ['a', 'b', 'c'], email: 'd' }].map(accepts)).toEqual([true, true]);
  expect([{}, { name: ['a', 'a'] }, { name: ['a', 'b', 'c', 'd'] }, { name: [''] }].some(accepts)).toBe(false);
});

test.each([
  ['LOVE', true],
  ['ada l', true],
  ['@X.example', true],
  ['lead-7', true],
  ['Germany', false],
])('%j is in what a lead is shown by: %s', (text, is) => {
  const attributes = { first: 'Ada', last: 'Lovelace', mail: 'ada@x.example', country: 'Germany' };
  expect(isShownWith(text, shownBy)({ leadId: 'Lead-7', attributes })).toBe(is);
});
