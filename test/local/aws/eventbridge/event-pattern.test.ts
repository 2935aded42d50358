import { describe, expect, it } from 'vitest';
import { compileEventPattern, InvalidEventPatternError } from '../../../../local/aws/eventbridge/event-pattern.ts';

const event = {
  source: 'lead-segments',
  'detail-type': 'Lead Entered Segment',
  resources: ['arn:a', 'arn:b'],
  detail: {
    lead: { id: 'lead-1', country: 'DE', score: 42, note: null, tags: ['vip', 'trial'], address: {} },
    segment: { name: 'Pricing-Page Visitors', active: true },
    items: [
      { kind: 'a', count: 1 },
      { kind: 'b', count: 2 },
    ],
    empty: [],
    nested: [[1, 2], [3]],
  },
};

const detail = (pattern: object) => ({ detail: pattern });
const lead = (pattern: object) => detail({ lead: pattern });

const cases: Array<[name: string, pattern: object, matches: boolean]> = [
  ['one of several values', { source: ['other', 'lead-segments'] }, true],
  ['a value that is not there', { source: ['other'] }, false],
  ['values are compared exactly', { source: ['Lead-Segments'] }, false],
  ['all fields have to match', { source: ['lead-segments'], 'detail-type': ['Other'] }, false],
  ['a list satisfies by any element', { resources: ['arn:b'] }, true],
  ['a nested list satisfies by any element', detail({ nested: [3] }), true],
  ['a number', lead({ score: [42] }), true],
  ['a number is not a text', lead({ score: ['42'] }), false],
  ['a boolean', detail({ segment: { active: [true] } }), true],
  ['null is a value', lead({ note: [null] }), true],
  ['null is not absence', lead({ missing: [null] }), false],
  ['prefix', { 'detail-type': [{ prefix: 'Lead ' }] }, true],
  ['prefix is exact', { 'detail-type': [{ prefix: 'lead ' }] }, false],
  ['prefix of a number', lead({ score: [{ prefix: '4' }] }), false],
  ['anything-but a value', lead({ country: [{ 'anything-but': 'US' }] }), true],
  ['anything-but the value', lead({ country: [{ 'anything-but': 'DE' }] }), false],
  ['anything-but a list', lead({ country: [{ 'anything-but': ['US', 'DE'] }] }), false],
  ['anything-but numbers', lead({ score: [{ 'anything-but': [1, 2] }] }), true],
  ['anything-but needs the field', lead({ missing: [{ 'anything-but': 'US' }] }), false],
  ['exists', lead({ score: [{ exists: true }] }), true],
  ['exists with null', lead({ note: [{ exists: true }] }), true],
  ['exists of what is missing', lead({ missing: [{ exists: true }] }), false],
  ['exists is about leaves, not objects', lead({ address: [{ exists: true }] }), false],
  ['exists false', lead({ missing: [{ exists: false }] }), true],
  ['exists false below what is missing', detail({ nowhere: { deep: [{ exists: false }] } }), true],
  ['exists false of what is there', lead({ score: [{ exists: false }] }), false],
  ['an empty list does not exist', detail({ empty: [{ exists: false }] }), true],
  ['alternatives within one field', lead({ score: [{ prefix: '4' }, { exists: true }] }), true],
  ['an object in a list', detail({ items: { kind: ['b'], count: [2] } }), true],
  ['fields of different objects in a list', detail({ items: { kind: ['a'], count: [2] } }), false],
  ['a field below a text', { source: { deeper: ['x'] } }, false],
  ['a field named like an inherited one', { constructor: [{ exists: true }] }, false],
];

describe('compileEventPattern', () => {
  it.each(cases)('%s', (_name, pattern, matches) => {
    expect(compileEventPattern(pattern)(event)).toBe(matches);
  });

  it.each<[string, string | object]>([
    ['what is not JSON', '{'],
    ['a list', []],
    ['nothing', {}],
    ['a bare value', { source: 'lead-segments' }],
    ['an empty list', { source: [] }],
    ['an empty object', { detail: {} }],
    ['a list in a list', { source: [['a']] }],
    ['a match type that the local run does not know', { source: [{ suffix: 'a' }] }],
    ['alternatives of fields', { $or: [{ source: ['a'] }, { 'detail-type': ['b'] }] }],
    ['alternatives of fields further inside', { detail: { $or: [{ a: ['a'] }, { b: ['b'] }] } }],
    ['two match types in one', { source: [{ prefix: 'a', exists: true }] }],
    ['exists with a text', { source: [{ exists: 'true' }] }],
    ['prefix with a number', { source: [{ prefix: 1 }] }],
    ['anything-but of nothing', { source: [{ 'anything-but': [] }] }],
  ])('refuses %s', (_name, pattern) => {
    expect(() => compileEventPattern(pattern)).toThrow(InvalidEventPatternError);
  });
});
