import { describe, expect, it } from 'vitest';
import { type OperandKind, type Operator, operators } from '../../shared/rule/operator.ts';
import { removals } from '../races/removals.ts';
import { tableBelow, textOf } from './documents.ts';

const operandWords: Record<OperandKind, string> = {
  none: 'none',
  scalar: 'text, number or boolean',
  list: 'list of them',
  text: 'text',
  number: 'number',
  range: '`[low, high]`: two numbers or two dates',
  date: 'date or date-time',
  days: 'whole number of days',
  level: 'level name',
};
const ruleWords: Record<Operator['on'], string> = { field: 'metadata', level: 'level', both: 'all' };

describe('docs/rules.md', () => {
  const rows = tableBelow(textOf('docs/rules.md'), 'Operators');

  it('has every operator of shared/rule/operator.ts, with what it takes and where it can stand', () => {
    const expected = [...operators.values()].map(({ name, operand, on }) => [
      `\`${name}\``,
      operandWords[operand],
      ruleWords[on],
    ]);
    expect(rows.map((cells) => cells.slice(0, 3))).toEqual(expected);
  });

  it('says of each operator when it is true', () => {
    expect(rows.filter(([, , , meaning]) => !meaning)).toEqual([]);
  });
});

describe('docs/reliability.md', () => {
  const rows = tableBelow(textOf('docs/reliability.md'), 'Without a protective step');

  it('has every step of test/races/removals.ts, in its order', () => {
    expect(rows.map(([name]) => name)).toEqual(removals.map(({ name }) => name));
  });

  it('says of each step what was taken away, after how many schedules it showed, and as what', () => {
    const incomplete = rows.filter(
      ([, takenAway, after, then]) => !takenAway || !/^[1-9]\d*$/.test(after ?? '') || !then,
    );
    expect(incomplete).toEqual([]);
  });

  it('says how many steps there are', () => {
    const text = textOf('docs/reliability.md');
    expect(text).toContain(`"races.removalsTried":${removals.length}`);
    expect(text).toMatch(new RegExp(`all ${removals.length} steps`));
  });
});
