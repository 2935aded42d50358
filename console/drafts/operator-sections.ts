import { type OperandKind, type Operator, type OperatorName, operators } from '../../shared/rule/operator.ts';
import type { ValueKind } from '../../shared/rule/value.ts';

const sections: readonly { label: string; operands: readonly OperandKind[] }[] = [
  { label: 'Value', operands: ['scalar', 'list', 'text'] },
  { label: 'Order of levels', operands: ['level'] },
  { label: 'Number', operands: ['number'] },
  { label: 'Between', operands: ['range'] },
  { label: 'Date', operands: ['date', 'days'] },
  { label: 'Any or none', operands: ['none'] },
];

/** What a field of a kind can be compared with; a list may hold anything. */
const operandsOf: Readonly<Record<ValueKind, readonly OperandKind[] | 'any'>> = {
  text: ['scalar', 'list', 'text', 'none'],
  number: ['scalar', 'list', 'number', 'range', 'none'],
  date: ['date', 'days', 'range', 'none'],
  boolean: ['scalar', 'none'],
  list: 'any',
};

/** What follows the value of an operator in a sentence. */
export function afterValue({ operand, phraseAfter }: Operator): string {
  return [operand === 'days' && 'days', phraseAfter].filter(Boolean).join(' ');
}

/** An operator as the menu calls it. */
function labelOf(operator: Operator): string {
  const after = afterValue(operator);
  return after ? `${operator.phrase} … ${after}` : operator.phrase;
}

/** On a field these say the same as is_not_empty and is_empty: the menu offers one of them. */
const sayTheSame: ReadonlySet<OperatorName> = new Set(['exists', 'not_exists']);

/** Each operator followed by its opposite. */
const ordered = [...operators.values()]
  .filter(({ isComplement }) => !isComplement)
  .flatMap((positive) => [...operators.values()].filter(({ positiveName }) => positiveName === positive.name));

/** What is compared: a level, or a field with what kinds of values were seen in it; none known: any may be. */
export type Compared = 'level' | readonly ValueKind[];

/** Whether an operator makes sense there. */
export function isFitting({ operand, on }: Operator, compared: Compared): boolean {
  if (compared === 'level') return on !== 'field';
  if (on === 'level') return false;
  if (compared.length === 0) return true;
  return compared.some((kind) => {
    const operands = operandsOf[kind];
    return operands === 'any' || operands.includes(operand);
  });
}

/** The operator that a rule begins with, once one knows what it compares. */
export function firstOperator(compared: Compared): OperatorName {
  if (compared === 'level' || !compared.includes('date')) return 'equals';
  return compared.every((kind) => kind === 'date') ? 'after' : 'equals';
}

/** What a menu of operators offers, by section: what fits, and the chosen one whatever it is. */
export function operatorSections(compared: Compared, chosen: OperatorName) {
  const offered = ordered.filter(
    (operator) => operator.name === chosen || (isFitting(operator, compared) && !sayTheSame.has(operator.name)),
  );
  return sections
    .map(({ label, operands }) => ({
      label,
      operators: offered
        .filter(({ operand }) => operands.includes(operand))
        .map((operator) => ({ name: operator.name, label: labelOf(operator) })),
    }))
    .filter((section) => section.operators.length > 0);
}
