import { describe, expect, it } from 'vitest';
import { compileEventPattern, InvalidEventPatternError } from '../../../../local/aws/eventbridge/event-pattern.ts';

const event = {
  source: 'lead-segments',
  'detail-type': 'Lead Entered Segment',
  resources: ['arn:a', 'arn:b'],
  detail: {
    lead: { id: 'lead-1', country: 'DE', score: 42, note: null, tags: ['vip', 'trial'], address: {}, ip: '10.0.0.7' },
    segment: { name: 'Pricing-Page Visitors', active: true },
    path: 'a*b\\c',
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
  ['prefix that ignores case', { 'detail-type': [{ prefix: { 'equals-ignore-case': 'LEAD e' } }] }, true],
  ['suffix', { 'detail-type': [{ suffix: 'Segment' }] }, true],
  ['suffix that ignores case', { 'detail-type': [{ suffix: { 'equals-ignore-case': 'sEGMENT' } }] }, true],
  ['prefix of a number', lead({ score: [{ prefix: '4' }] }), false],
  ['equals-ignore-case', lead({ country: [{ 'equals-ignore-case': 'de' }] }), true],
  ['equals-ignore-case of something else', lead({ country: [{ 'equals-ignore-case': 'd' }] }), false],
  ['wildcard in the middle', detail({ segment: { name: [{ wildcard: 'Pric*-*tors' }] } }), true],
  ['wildcard for nothing', detail({ segment: { name: [{ wildcard: '*Pricing-Page Visitors*' }] } }), true],
  ['wildcard covers the whole value', detail({ segment: { name: [{ wildcard: 'Pricing*Page' }] } }), false],
  ['wildcard escapes', detail({ path: [{ wildcard: 'a\\*b\\\\c' }] }), true],
  ['wildcard keeps other signs literal', detail({ segment: { name: [{ wildcard: 'Pricing.Page*' }] } }), false],
  ['anything-but a value', lead({ country: [{ 'anything-but': 'US' }] }), true],
  ['anything-but the value', lead({ country: [{ 'anything-but': 'DE' }] }), false],
  ['anything-but a list', lead({ country: [{ 'anything-but': ['US', 'DE'] }] }), false],
  ['anything-but numbers', lead({ score: [{ 'anything-but': [1, 2] }] }), true],
  ['anything-but needs the field', lead({ missing: [{ 'anything-but': 'US' }] }), false],
  ['anything-but prefix', lead({ id: [{ 'anything-but': { prefix: 'lead-' } }] }), false],
  ['anything-but one of several prefixes', lead({ id: [{ 'anything-but': { prefix: ['x', 'y'] } }] }), true],
  ['anything-but suffix', lead({ id: [{ 'anything-but': { suffix: '-2' } }] }), true],
  [
    'anything-but equals-ignore-case',
    lead({ country: [{ 'anything-but': { 'equals-ignore-case': ['de', 'us'] } }] }),
    false,
  ],
  ['anything-but wildcard', lead({ id: [{ 'anything-but': { wildcard: 'l*1' } }] }), false],
  ['numeric equality', lead({ score: [{ numeric: ['=', 42.0] }] }), true],
  ['numeric bound', lead({ score: [{ numeric: ['>', 42] }] }), false],
  ['numeric range', lead({ score: [{ numeric: ['>=', 42, '<', 43] }] }), true],
  ['numeric range of a text', lead({ country: [{ numeric: ['>', 0] }] }), false],
  ['exists', lead({ score: [{ exists: true }] }), true],
  ['exists with null', lead({ note: [{ exists: true }] }), true],
  ['exists of what is missing', lead({ missing: [{ exists: true }] }), false],
  ['exists is about leaves, not objects', lead({ address: [{ exists: true }] }), false],
  ['exists false', lead({ missing: [{ exists: false }] }), true],
  ['exists false below what is missing', detail({ nowhere: { deep: [{ exists: false }] } }), true],
  ['exists false of what is there', lead({ score: [{ exists: false }] }), false],
  ['an empty list does not exist', detail({ empty: [{ exists: false }] }), true],
  ['alternatives within one field', lead({ score: [{ numeric: ['<', 0] }, { exists: true }] }), true],
  ['an object in a list', detail({ items: { kind: ['b'], count: [2] } }), true],
  ['fields of different objects in a list', detail({ items: { kind: ['a'], count: [2] } }), false],
  ['$or of two fields', detail({ $or: [{ path: ['no'] }, { lead: { score: [42] } }] }), true],
  ['$or of none', detail({ $or: [{ path: ['no'] }, { lead: { score: [1] } }] }), false],
  ['$or together with a field', lead({ country: ['US'], $or: [{ score: [42] }, { score: [1] }] }), false],
  ['cidr', lead({ ip: [{ cidr: '10.0.0.0/24' }] }), true],
  ['cidr of another network', lead({ ip: [{ cidr: '10.0.1.0/24' }] }), false],
  ['cidr of a text that is no address', lead({ country: [{ cidr: '10.0.1.0/24' }] }), false],
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
    ['an unknown match type', { source: [{ contains: 'a' }] }],
    ['two match types in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['exists with a text', { source: [{ exists: 'true' }] }],
    ['prefix with a number', { source: [{ prefix: 1 }] }],
    ['consecutive wildcards', { source: [{ wildcard: 'a**' }] }],
    ['an escape of nothing', { source: [{ wildcard: 'a\\b' }] }],
    ['numeric without a number', { source: [{ numeric: ['>', '1'] }] }],
    ['numeric with an unknown operator', { source: [{ numeric: ['!=', 1] }] }],
    ['numeric with an upper bound first', { source: [{ numeric: ['<', 1, '>', 0] }] }],
    ['anything-but of nothing', { source: [{ 'anything-but': [] }] }],
    ['anything-but numeric', { source: [{ 'anything-but': { numeric: ['=', 1] } }] }],
    ['$or of one', { $or: [{ source: ['a'] }] }],
    ['a malformed cidr', { source: [{ cidr: '10.0.0.0' }] }],
  ])('refuses %s', (_name, pattern) => {
    expect(() => compileEventPattern(pattern)).toThrow(InvalidEventPatternError);
  });
});
