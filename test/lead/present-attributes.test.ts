import { expect, test } from 'vitest';
import { presentAttributes } from '../../shared/lead/present-attributes.ts';

const attributes = JSON.parse('{"__proto__": "p", "gone": null, "zero": 0, "no": false, "text": " ", "list": [""]}');

test('of a lead or an account are those that are not empty, whatever their names', () => {
  expect(Object.entries(presentAttributes(attributes))).toEqual([
    ['__proto__', 'p'],
    ['zero', 0],
    ['no', false],
  ]);
});

test('can be some, in their order, and none that every object inherits', () => {
  const names = ['zero', 'constructor', 'list', '__proto__', 'unknown'];
  expect(Object.entries(presentAttributes(attributes, names))).toEqual([
    ['zero', 0],
    ['__proto__', 'p'],
  ]);
});
