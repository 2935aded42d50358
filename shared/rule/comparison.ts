import { type LevelOrder, operatorNamed } from './operator.ts';
import type { FieldComparison, LevelRule } from './rule.ts';
import { isEmpty, periodOf } from './value.ts';

/** One operator with its operand, ready to be asked about values. */
export interface Comparison {
  readonly readsClock: boolean;
  /** Whether it holds for a field's value (absent: undefined) at the moment `now` (epoch ms). Never throws. */
  readonly holds: (value: unknown, now: number) => boolean;
  /** Epoch ms after `now` at which the answer for that value next changes by time alone, or infinity. */
  readonly nextFlipAt: (value: unknown, now: number) => number;
}

const never = () => Number.POSITIVE_INFINITY;

/** Prepares a comparison for repeated use. `levels`: the order that `at_least` and `at_most` go by. */
export function compileComparison(
  { operator: name, value: operand }: Pick<LevelRule, 'operator' | 'value'>,
  levels: LevelOrder,
): Comparison {
  const operator = operatorNamed(name);
  const test = operator.test(operand, levels);
  // Refused here and nowhere else, so that no operator can be satisfied by what is empty.
  const passes = (element: unknown, now: number) => !isEmpty(element) && test(element, now);
  const anyElement = (value: unknown, now: number) =>
    Array.isArray(value) ? value.some((element) => passes(element, now)) : passes(value, now);
  const holds = operator.isComplement ? (value: unknown, now: number) => !anyElement(value, now) : anyElement;
  if (!operator.heldDuring) return { readsClock: false, holds, nextFlipAt: never };
  const heldDuring = operator.heldDuring(operand as number);
  const nextFlipAt = (value: unknown, now: number) => {
    let next = Number.POSITIVE_INFINITY;
    for (const element of Array.isArray(value) ? value : [value]) {
      const period = periodOf(element);
      if (!period) continue;
      const { from, until } = heldDuring(period);
      for (const moment of [from, until]) if (moment > now && moment < next) next = moment;
    }
    return next;
  };
  return { readsClock: true, holds, nextFlipAt };
}

/** What a valid rule reads values as, unless it takes them as they are. */
export function kindCompared({
  operator,
  value,
}: Pick<FieldComparison, 'operator' | 'value'>): 'number' | 'date' | undefined {
  const { operand } = operatorNamed(operator);
  if (operand === 'range') return typeof (value as readonly unknown[])[0] === 'number' ? 'number' : 'date';
  if (operand === 'number') return 'number';
  return operand === 'date' || operand === 'days' ? 'date' : undefined;
}
