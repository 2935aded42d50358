import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OperandKind, type Operator, operators } from '../../shared/rule/operator.ts';
import { removals } from '../races/removals.ts';
import { root, tableBelow, textOf } from './documents.ts';

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
    const text = textOf('docs/reliability.md').replace(/\s+/g, ' ');
    expect(text).toContain(`"races.removalsTried":${removals.length}`);
    expect(text).toMatch(new RegExp(`all ${removals.length} steps`));
  });
});

describe('CONTRIBUTING.md', () => {
  const law = readFileSync(join(root, 'test/house.test.ts'), 'utf8');
  const text = textOf('CONTRIBUTING.md').replace(/\s+/g, ' ');

  it('has the rooms of shared/ in the order of test/house.test.ts', () => {
    const [, list = ''] = /const rooms = \[([\s\S]*?)\];/.exec(law) ?? [];
    const rooms = [...list.matchAll(/'([a-z-]+)'/g)].map(([, room]) => room);
    expect(rooms.length).toBeGreaterThan(10);
    expect(text).toContain(`only the rooms before it: ${rooms.join(', ')}.`);
  });

  it('has the limits of test/house.test.ts', () => {
    const [, toolbox, room, lines] = /limits = \{ toolbox: (\d+), room: (\d+), lines: (\d+) \}/.exec(law) ?? [];
    expect(text).toContain(`at most ${room} files (\`shared/aws/\` ${toolbox}), a source file at most ${lines} lines`);
  });

  it('has every folder', () => {
    const folders = tableBelow(textOf('CONTRIBUTING.md'), 'The rooms and their law').map(([folder]) => folder);
    const [, neighbours = ''] = /const neighbours[^{]*\{([\s\S]*?)\};/.exec(law) ?? [];
    const known = [...neighbours.matchAll(/^ {2}(\w+):/gm)].map(([, folder]) => `\`${folder}/\``);
    expect(folders.toSorted()).toEqual(known.toSorted());
  });
});
