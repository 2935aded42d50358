import { type OperandKind, type Operator, operators } from '../shared/rule/operator.ts';
import type { Chance } from './chance.ts';
import type { Json } from './oracle.ts';

export const day = 86_400_000;

export const levels = {
  engagement_level: ['Cold', 'Warm', 'Hot', 'Very Hot', 'Odd'],
  profile_level: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
  account_level: ['Standard', 'Qualified', 'Target', 'Strategic'],
};
export type LevelType = keyof typeof levels;

const isoDay = (moment: number) => new Date(moment).toISOString().slice(0, 10);
export const isoMoment = (moment: number) => new Date(moment).toISOString();

/** A moment at most ten days before or after, so that dates and days to compare them with meet. */
const near = (chance: Chance, now: number) => now + (chance.below(41) - 20) * (day / 2);
const nearDate = (chance: Chance, now: number) =>
  chance.is(0.6) ? isoDay(near(chance, now)) : isoMoment(near(chance, now));
/** As databases and exports write dates, too. */
const writtenDate = (chance: Chance, now: number) => {
  const [date, time] = isoMoment(near(chance, now)).slice(0, -1).split('T');
  return chance.is(0.7)
    ? nearDate(chance, now)
    : chance.oneOf([
        `${date} ${time}`,
        `${date} ${time}+02`,
        ` ${date} ${time} -0130`,
        `${date}T${time} Z `,
        ` ${date}`,
      ]);
};

const texts = [
  ...['x', 'X ', 'xy', 'yx', 'Ünï', 'ß', 'SS', 'ς', '', ' ', 'true', 'no', 'Ｘ', 'İx', 'x\u200by'],
  ...['“x”', '"X"', 'x  \ty', 'x y', '\u200b'],
];
const numerals = [
  ...['1', '02', '-3', '3.0', '+7', '1e3', 'NaN', ' 3 ', '(2)', '4%', '€2,50', '-$3', '1,200', '0,500'],
  ...['1,200.00', '1.200,50', '1.200.000', '1 200', '(-1)'],
];

/** What a field holds, mostly, by the kind of field. */
const valuesOf = {
  text: (chance: Chance) => chance.oneOf(texts),
  number: (chance: Chance) => (chance.is(0.8) ? chance.below(9) - 2 : chance.oneOf(numerals)),
  date: writtenDate,
  list: (chance: Chance, now: number) =>
    chance.some(3, () => chance.oneOf(['x', 'xyz', '2', '', nearDate(chance, now)])),
  boolean: (chance: Chance) => chance.is(0.5),
};
type FieldKind = keyof typeof valuesOf;
const kinds = Object.keys(valuesOf) as FieldKind[];

/** Fields by what they mostly hold. */
const fieldsOf: Record<FieldKind | 'any', readonly string[]> = {
  text: ['t'],
  number: ['n'],
  date: ['d', 'when'],
  list: ['l'],
  boolean: ['yes'],
  any: ['a', 'b', 'c', 'constructor', '__proto__', 'toString', 'leadId'],
};
export const fields = Object.values(fieldsOf).flat();

/** A value an attribute of that name might have: mostly of the field's kind, sometimes of any. */
export function randomValue(chance: Chance, now: number, field = 'a'): unknown {
  const kind = kinds.find((known) => fieldsOf[known].includes(field));
  return valuesOf[kind && chance.is(0.85) ? kind : chance.oneOf(kinds)](chance, now);
}

/** A value that only an event's field might have: metadata is any JSON. */
export function randomMetadataValue(chance: Chance, now: number, field = 'a'): unknown {
  if (chance.is(0.9)) return randomValue(chance, now, field);
  return chance.oneOf([[], [[]], [['x'], 'x'], [null, ' '], {}, { x: 'x' }, [3, true], null]);
}

const scalar = (chance: Chance) =>
  chance.oneOf<() => unknown>([
    () => chance.oneOf(['x', 'xy', '2', '02', 'true', 'ς', 'ß', '"x"', 'x y', '(2)']),
    () => chance.below(8) - 2,
    () => chance.is(0.5),
  ])();

/** Operands of each kind, of the kinds that the operator table has. `names`: the level names, for a level rule. */
const operandOf: Record<OperandKind, (chance: Chance, now: number, names: readonly string[]) => unknown> = {
  none: () => undefined,
  scalar: (chance, _now, names) => (names.length > 0 ? chance.oneOf(names) : scalar(chance)),
  list: (chance, _now, names) => chance.some(4, () => (names.length > 0 ? chance.oneOf(names) : scalar(chance))),
  level: (chance, _now, names) => chance.oneOf(names),
  text: (chance) => chance.oneOf(['x', 'Y', '1', '0', 'ue', 'Σ', 'ẞ', '”', 'x Y', 'i']),
  number: (chance) => chance.below(8) - 2,
  range: (chance, now) => {
    if (chance.is(0.5)) return [chance.below(3) - 2, 1 + chance.below(5)];
    return [isoDay(now - chance.below(9) * day), isoDay(now + chance.below(9) * day)];
  },
  date: nearDate,
  days: (chance) => chance.below(12),
};

/** The kinds of field that answer comparisons with such an operand both ways. */
const comparedKinds: Record<OperandKind, readonly (FieldKind | 'any')[]> = {
  none: ['text', 'number', 'date', 'list', 'any'],
  scalar: ['text', 'number', 'list', 'boolean'],
  list: ['text', 'number', 'list', 'boolean'],
  level: ['any'],
  text: ['text', 'list'],
  number: ['number'],
  range: ['number', 'date'],
  date: ['date'],
  days: ['date'],
};

/** A field with an operator and a value to compare with. `among`: the fields there are. */
export function randomFieldComparison(chance: Chance, now: number, operator: Operator): Json {
  const kind = chance.is(0.8) ? chance.oneOf(comparedKinds[operator.operand]) : 'any';
  return { field: chance.oneOf(fieldsOf[kind]), ...randomComparison(chance, now, operator) };
}

/** An operator and a value to compare with; for a level rule with the `names` of its levels. */
export function randomComparison(chance: Chance, now: number, operator: Operator, names: readonly string[] = []): Json {
  const value = operandOf[operator.operand](chance, now, names);
  return { operator: operator.name, ...(value !== undefined && { value }) };
}

/** The operators that metadata rules, or level rules, can have. */
export const operatorsOn = (on: 'field' | 'level'): Operator[] =>
  [...operators.values()].filter((operator) => operator.on === 'both' || operator.on === on);
