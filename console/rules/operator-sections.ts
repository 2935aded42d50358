import { type OperandKind, type Operator, type OperatorName, operators } from '../../shared/rule/operator.ts';

const sections: readonly { label: string; operands: readonly OperandKind[] }[] = [
  { label: 'Value', operands: ['scalar', 'list', 'text'] },
  { label: 'Order of levels', operands: ['level'] },
  { label: 'Number', operands: ['number'] },
  { label: 'Number or date', operands: ['range'] },
  { label: 'Date', operands: ['date', 'days'] },
  { label: 'Any or none', operands: ['none'] },
];

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

/** What a menu of operators offers, by section: each with its name and how the menu calls it. */
export function operatorSections(isOnLevel: boolean, chosen: OperatorName) {
  const offered = ordered.filter(
    ({ name, on }) => on !== (isOnLevel ? 'field' : 'level') && (!sayTheSame.has(name) || name === chosen),
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
