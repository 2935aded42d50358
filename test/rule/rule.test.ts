import { describe, expect, test } from 'vitest';
import { readAs } from '../../shared/problem/read-as.ts';
import { type OperatorName, operatorNamed, operatorNames } from '../../shared/rule/operator.ts';
import {
  leafRules,
  matchSchema,
  type Rule,
  ruleInputSchema,
  rulesInputSchema,
  walkRules,
} from '../../shared/rule/rule.ts';

const errorsOf = (rules: unknown) => {
  const reading = readAs(rulesInputSchema, rules);
  return reading.success ? [] : reading.errors.map(({ path, message }) => `${path}: ${message}`);
};
const field = (more: object) => ({ type: 'lead_metadata', field: 'Country', ...more });
const event = (more: object) => ({ type: 'event_metadata', eventType: 'Page View', ...more });
const nested = (depth: number): object =>
  depth === 0 ? field({ operator: 'is_empty' }) : { type: 'group', match: 'any', rules: [nested(depth - 1)] };

// First: how groups nest is worked out once, when a schema is first asked.
test('a group has rules, as many as there may be', () => {
  const leaf = { type: 'profile_level', operator: 'is_empty' };
  expect(errorsOf([{ type: 'group', match: 'all', rules: [] }])).toEqual(['/0/rules: must not be empty']);
  expect(errorsOf([{ type: 'group', match: 'all', rules: [leaf, leaf] }])).toEqual([]);
});

test('what cannot be said together is not allowed, as a program reads it', () => {
  const rules = [
    event({ operator: 'equals', value: 'x' }),
    event({ operator: 'not_exists', times: { atLeast: 1 } }),
    event({ operator: 'not_exists', and: [{ field: 'path', operator: 'exists' }] }),
  ];
  const codes = rules.map((rule) => {
    const reading = readAs(rulesInputSchema, [rule]);
    return reading.success ? [] : reading.errors.map(({ code }) => code);
  });
  expect(codes).toEqual([['not_allowed'], ['not_allowed'], ['not_allowed']]);
});

describe('rules that are accepted', () => {
  test.each([
    [[]],
    [[field({ operator: 'equals', value: 'India' })]],
    [[field({ operator: 'between', value: [1, 2] })]],
    [[field({ operator: 'between', value: ['2024-01-01', '2024-01-01T10:00:00Z'] })]],
    [[{ type: 'account_metadata', field: 'industry', operator: 'in', value: ['a', 1, false] }]],
    [[{ type: 'engagement_level', operator: 'at_least', value: 'Hot' }]],
    [[{ type: 'account_level', operator: 'is_empty' }]],
    [[event({ operator: 'exists' })]],
    [[event({ operator: 'not_exists', withinDays: 30 })]],
    [[event({ operator: 'exists', and: [{ field: 'path', operator: 'contains', value: 'x' }] })]],
    [[event({ field: 'path', operator: 'contains', value: '/pricing', times: { atLeast: 3 }, withinDays: 7 })]],
    [[event({ operator: 'exists', times: { atMost: 0 } })]],
    [[{ type: 'segment', segmentId: 'seg_1', operator: 'not_in' }]],
    [[nested(5)]],
  ])('%j', (rules) => {
    expect(errorsOf(rules)).toEqual([]);
  });
});

describe('rules that are refused, with the path', () => {
  test.each([
    [[field({ operator: 'equals' })], '/0/value: is required for this operator'],
    [[field({ operator: 'equals', value: '  ' })], '/0/value: must not be empty'],
    [[field({ operator: 'equals', value: 'x', colour: 1 })], '/0/colour: is not a known key'],
    [[field({ operator: 'is_empty', value: 'x' })], '/0/value: must be left out for this operator'],
    [[field({ operator: 'greater_than', value: 'ten' })], '/0/value: must be a number'],
    [[field({ operator: 'in', value: [] })], '/0/value: must not be empty'],
    [[field({ operator: 'in', value: ['a', ' '] })], '/0/value/1: must not be empty'],
    [[field({ operator: 'in', value: Array(1001).fill('a') })], '/0/value: must have at most 1000 values'],
    [[field({ operator: 'contains', value: 5 })], '/0/value: must be text'],
    [[field({ operator: 'contains', value: 'x'.repeat(1001) })], '/0/value: must have at most 1000 characters'],
    [[field({ operator: 'between', value: [3, 1] })], '/0/value: low must not be greater than high'],
    [[field({ operator: 'between', value: [1, '2024-01-01'] })], '/0/value/1: must be a number'],
    [[field({ operator: 'between', value: [1] })], '/0/value: must be a list of two: [low, high]'],
    [
      [field({ operator: 'before', value: '2024-02-30' })],
      '/0/value: must be a date (YYYY-MM-DD) or an ISO 8601 date-time',
    ],
    [[field({ operator: 'in_last_days', value: 4000 })], '/0/value: must be a whole number of days from 0 to 3650'],
    [[field({ operator: 'in_last_days', value: 1.5 })], '/0/value: must be a whole number of days from 0 to 3650'],
    [
      [event({ operator: 'equals', value: 'x' })],
      '/0/operator: without a field only exists and not_exists are possible',
    ],
    [
      [event({ operator: 'not_exists', times: { atLeast: 1 } })],
      '/0/times: not_exists without a field means never, so it takes no times',
    ],
    [[event({ operator: 'exists', times: { atLeast: 0 } })], '/0/times: needs atLeast of 1 or more, or atMost'],
    [
      [event({ operator: 'exists', times: { atLeast: 3, atMost: 2 } })],
      '/0/times: atLeast must not be greater than atMost',
    ],
    [[nested(6)], '/0/rules/0/rules/0/rules/0/rules/0/rules/0: groups may be nested at most 5 deep'],
    [Array(251).fill(field({ operator: 'is_empty' })), ': has 251 rules; at most 250 are possible'],
    [
      [field({ id: 'rul_1', operator: 'is_empty' }), field({ id: 'rul_1', operator: 'is_empty' })],
      '/1/id: rule id rul_1 is used twice',
    ],
  ])('%j', (rules, error) => {
    expect(errorsOf(rules)).toContain(error);
  });

  test.each([
    [[{ type: 'group', match: 'all', rules: [] }], '/0/rules'],
    [[{ type: 'engagement_level', operator: 'contains', value: 'x' }], '/0/operator'],
    [[{ type: 'engagement_level', operator: 'equals', value: 5 }], '/0/value'],
    [[{ type: 'profile_level', operator: 'exists' }], '/0/operator'],
    [[field({ operator: 'at_least', value: 'Hot' })], '/0/operator'],
    [[{ type: 'profile_score', operator: 'equals', value: 'x' }], '/0/type'],
    [[event({ operator: 'exists', times: { atLeast: 101 } })], '/0/times/atLeast'],
    [[event({ operator: 'exists', withinDays: 3651 })], '/0/withinDays'],
    [[event({ operator: 'exists', and: [] })], '/0/and'],
    ['rules', ''],
  ])('%j', (rules, path) => {
    const paths = errorsOf(rules).map((error) => error.split(':')[0]);
    expect(paths).toContain(path);
  });
});

/** A valid value for each operator. */
const valueFor = (operator: OperatorName, onLevel: boolean): object => {
  const values: Record<string, unknown> = {
    scalar: onLevel ? 'Hot' : 5,
    list: onLevel ? ['Hot'] : ['a', 5],
    text: 'a',
    number: 5,
    range: [1, 2],
    date: '2024-01-01',
    days: 3,
    level: 'Hot',
  };
  const { operand } = operatorNamed(operator);
  return operand === 'none' ? {} : { value: values[operand] };
};
const onLevels = ['equals', 'not_equals', 'in', 'not_in', 'is_not_empty', 'is_empty', 'at_least', 'at_most'];

describe.each(operatorNames.map((name) => [name]))('%s', (operator) => {
  const isForLevels = onLevels.includes(operator);
  const isForFields = operator !== 'at_least' && operator !== 'at_most';
  const accepts = (rule: object) => errorsOf([rule]).length === 0;

  test.each(['engagement_level', 'profile_level', 'account_level'])(`of a %s: ${isForLevels}`, (type) => {
    expect(accepts({ type, operator, ...valueFor(operator, true) })).toBe(isForLevels);
  });

  test(`of an attribute, or of what an event holds: ${isForFields}`, () => {
    const value = valueFor(operator, false);
    expect(accepts(field({ operator, ...value }))).toBe(isForFields);
    expect(accepts({ ...field({ operator, ...value }), type: 'account_metadata' })).toBe(isForFields);
    expect(accepts(event({ field: 'path', operator, ...value }))).toBe(isForFields);
    expect(accepts(event({ operator: 'exists', and: [{ field: 'path', operator, ...value }] }))).toBe(isForFields);
  });

  test('needs its value, and takes none where it has none', () => {
    const needsValue = operatorNamed(operator).operand !== 'none';
    const shape = isForFields ? field({ operator }) : { type: 'profile_level', operator };
    expect(accepts(shape)).toBe(!needsValue);
    expect(accepts({ ...shape, value: {} })).toBe(false);
  });
});

describe('limits', () => {
  const group = (rules: unknown, more: object = {}) => ({ type: 'group', match: 'any', rules, ...more });
  const refers = (more: object) => ({ type: 'segment', segmentId: 'seg_1', operator: 'in', ...more });
  const part = (more: object) => ({ field: 'path', operator: 'is_empty', ...more });
  const empty = { operator: 'is_empty' };

  test.each([
    [field({ ...empty, field: 'x'.repeat(1000) })],
    [field({ ...empty, id: 'rul_aZ09' })],
    [field({ ...empty, id: `rul_${'a'.repeat(40)}` })],
    [event({ operator: 'exists', eventType: 'x'.repeat(100) })],
    [event({ operator: 'exists', times: { atLeast: 100, atMost: 100 } })],
    [event({ operator: 'exists', times: { atLeast: 0, atMost: 3 } })],
    [event({ operator: 'exists', times: { atLeast: 1 }, and: [part({})] })],
    [event({ field: 'path', operator: 'not_exists', times: { atLeast: 1 }, and: [part({})] })],
    [event({ operator: 'exists', withinDays: 0 })],
    [event({ operator: 'exists', withinDays: 3650 })],
    [event({ operator: 'exists', and: Array(50).fill(part({})) })],
    [refers({ segmentId: 'x'.repeat(128) })],
    [refers({ id: 'rul_1' })],
    [group([field(empty), group([refers({})], { match: 'none' })], { id: 'rul_1', match: 'all' })],
    [{ type: 'profile_level', operator: 'is_empty', id: 'rul_1' }],
  ])('accepted: %j', (rule) => {
    expect(errorsOf([rule])).toEqual([]);
    expect(ruleInputSchema.safeParse(rule).success).toBe(true);
  });

  test.each([
    [field({ ...empty, field: '' }), '/0/field'],
    [field({ ...empty, field: 'x'.repeat(1001) }), '/0/field'],
    [field({ ...empty, field: undefined }), '/0/field'],
    [field({ operator: 'is' }), '/0/operator'],
    [{ type: 'profile_level', operator: 'is_empty', field: 'x' }, '/0/field: is not a known key'],
    [field({ ...empty, id: 'rul_' }), '/0/id: must look like rul_… with letters and digits'],
    [field({ ...empty, id: 'xrul_1' }), '/0/id: must look like rul_… with letters and digits'],
    [field({ ...empty, id: 'rul_1-' }), '/0/id: must look like rul_… with letters and digits'],
    [field({ ...empty, id: `rul_${'a'.repeat(41)}` }), '/0/id: must look like rul_… with letters and digits'],
    [event({ operator: 'exists', eventType: '' }), '/0/eventType'],
    [event({ operator: 'exists', eventType: 'x'.repeat(101) }), '/0/eventType'],
    [event({ operator: 'exists', eventType: 'a#b' }), '/0/eventType: must not contain #'],
    [event({ operator: 'exists', eventType: 'a\ud800' }), '/0/eventType: must be well-formed text'],
    [event({ operator: 'exists', field: '\udc00' }), '/0/field: must be well-formed text'],
    [event({ operator: 'exists', withinDays: -1 }), '/0/withinDays'],
    [event({ operator: 'exists', withinDays: 1.5 }), '/0/withinDays'],
    [event({ operator: 'exists', times: { atLeast: -1 } }), '/0/times/atLeast'],
    [event({ operator: 'exists', times: { atMost: 101 } }), '/0/times/atMost'],
    [event({ operator: 'exists', times: { atMost: 1.5 } }), '/0/times/atMost'],
    [event({ operator: 'exists', times: {} }), '/0/times: needs atLeast of 1 or more, or atMost'],
    [event({ operator: 'exists', times: { most: 1 } }), '/0/times/most: is not a known key'],
    [event({ operator: 'exists', colour: 1 }), '/0/colour: is not a known key'],
    [event({ operator: 'exists', and: Array(51).fill(part({})) }), '/0/and'],
    [event({ operator: 'exists', and: [part({ x: 1 })] }), '/0/and/0/x: is not a known key'],
    [event({ operator: 'exists', and: [part({ field: '' })] }), '/0/and/0/field'],
    [
      event({ operator: 'exists', and: [part({ operator: 'equals' })] }),
      '/0/and/0/value: is required for this operator',
    ],
    [event({ field: 'path', operator: 'in', value: ['a', ''] }), '/0/value/1: must not be empty'],
    [
      event({ operator: 'not_exists', and: [part({})] }),
      '/0/and: not_exists without a field means no such event at all, so it takes no and',
    ],
    [refers({ segmentId: '' }), '/0/segmentId'],
    [refers({ segmentId: 'x'.repeat(129) }), '/0/segmentId'],
    [refers({ operator: 'equals' }), '/0/operator'],
    [refers({ value: 'x' }), '/0/value: is not a known key'],
    [group([]), '/0/rules: must not be empty'],
    [group([field(empty)], { match: 'some' }), '/0/match'],
    [group([field(empty)], { name: 'x' }), '/0/name: is not a known key'],
    [group([field({ operator: 'equals' })]), '/0/rules/0/value: is required for this operator'],
  ])('refused: %j', (rule, error) => {
    const errors = errorsOf([rule]);
    expect(errors.map((found) => found.slice(0, error.length))).toContain(error);
    expect(ruleInputSchema.safeParse(rule).success).toBe(false);
  });

  test('of a whole list', () => {
    const leaf = field(empty);
    expect(errorsOf(Array(250).fill(leaf))).toEqual([]);
    expect(errorsOf([group(Array(250).fill(leaf)), leaf])).toEqual([': has 251 rules; at most 250 are possible']);
    expect(errorsOf([leaf, nested(5), nested(6), leaf])).toEqual([
      '/2/rules/0/rules/0/rules/0/rules/0/rules/0: groups may be nested at most 5 deep',
    ]);
    const long = (characters: number) =>
      field({ operator: 'in', value: [...Array(199).fill('é'.repeat(500)), 'x'.repeat(characters)] });
    const spare = 200_000 - new TextEncoder().encode(JSON.stringify([long(0)])).length;
    expect(errorsOf([long(spare)])).toEqual([]);
    expect(errorsOf([long(spare + 1)])).toEqual([': is 200001 bytes of JSON; at most 200000 are possible']);
  });

  test('each mistake has its code', () => {
    const codesOf = (...rules: unknown[]) => {
      const reading = readAs(rulesInputSchema, rules);
      return reading.success ? [] : reading.errors.map(({ code }) => code);
    };
    const twice = field({ ...empty, id: 'rul_1' });
    expect(codesOf(twice, twice)).toEqual(['repeated']);
    expect(codesOf(nested(6))).toEqual(['too_deep']);
    expect(codesOf(...Array(251).fill(field(empty)))).toEqual(['too_many']);
    expect(codesOf(...Array(220).fill(field({ operator: 'equals', value: 'x'.repeat(1_000) })))).toEqual(['too_large']);
    expect(codesOf(event({ operator: 'equals', value: 'x' }))).toEqual(['not_allowed']);
    expect(codesOf(event({ operator: 'not_exists', times: { atLeast: 1 } }))).toEqual(['not_allowed']);
    expect(codesOf(event({ operator: 'not_exists', and: [part({})] }))).toEqual(['not_allowed']);
    expect(codesOf(event({ operator: 'exists', times: {} }))).toEqual(['required']);
    expect(codesOf(event({ operator: 'exists', times: { atLeast: 3, atMost: 2 } }))).toEqual(['wrong_order']);
    expect(codesOf(event({ operator: 'exists', eventType: 'a#b' }))).toEqual(['invalid_format']);
    expect(codesOf(event({ operator: 'exists', eventType: ' ' }))).toEqual(['empty']);
    expect(codesOf(field({ ...empty, field: 'x'.repeat(1_001) }))).toEqual(['too_long']);
    expect(codesOf(field({ ...empty, field: 7 }))).toEqual(['wrong_type']);
    expect(codesOf(field({ ...empty, colour: 1 }))).toEqual(['unknown_key']);
  });

  test('a rule id is used once, wherever it is', () => {
    const named = (id: string) => field({ ...empty, id });
    expect(errorsOf([named('rul_1'), group([named('rul_2')]), field(empty), field(empty)])).toEqual([]);
    expect(errorsOf([named('rul_1'), group([field(empty), group([named('rul_1')])])])).toEqual([
      '/1/rules/1/rules/0/id: rule id rul_1 is used twice',
    ]);
  });
});

test('a segment’s own rules are all or any', () => {
  expect(['all', 'any', 'none', ''].filter((match) => matchSchema.safeParse(match).success)).toEqual(['all', 'any']);
});

test('what the schema itself cannot say is a custom issue, with the rule', () => {
  const rule = field({ operator: 'equals' });
  expect(rulesInputSchema.safeParse([rule]).error?.issues).toMatchObject([{ code: 'custom', path: [0, 'value'] }]);
});

test('rules are walked with their paths, groups before what is in them', () => {
  const leaf = (id: string): Rule => ({ id, type: 'engagement_level', operator: 'is_empty' });
  const group = (id: string, ...rules: Rule[]): Rule => ({ id, type: 'group', match: 'any', rules });
  const rules = [leaf('a'), group('g', leaf('b'), group('h', leaf('c'))), leaf('d')];
  expect([...walkRules(rules)].map(({ rule, path }) => `${rule.id} ${path.join('/')}`)).toEqual([
    'a 0',
    'g 1',
    'b 1/rules/0',
    'h 1/rules/1',
    'c 1/rules/1/rules/0',
    'd 2',
  ]);
  expect([...walkRules(rules, ['rules'])][0]?.path).toEqual(['rules', 0]);
  expect(leafRules(rules).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});
