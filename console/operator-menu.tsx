import { type OperandKind, type Operator, type OperatorName, operators } from '../shared/rule/operator.ts';
import { useProblemState } from './rule-problems.tsx';

const sections: readonly { label: string; operands: readonly OperandKind[] }[] = [
  { label: 'Value', operands: ['scalar', 'list', 'text'] },
  { label: 'Order of levels', operands: ['level'] },
  { label: 'Number', operands: ['number'] },
  { label: 'Number or date', operands: ['range'] },
  { label: 'Date', operands: ['date', 'days'] },
  { label: 'Any or none', operands: ['none'] },
];

/** What follows the value of an operator in a sentence. */
export function afterValue({ name, operand }: Operator): string {
  if (operand !== 'days') return '';
  return name === 'more_than_days_ago' ? 'days ago' : 'days';
}

/** An operator as the menu calls it. */
function label(operator: Operator): string {
  const after = afterValue(operator);
  return after ? `${operator.phrase} … ${after}` : operator.phrase;
}

/** On a field these say the same as is_not_empty and is_empty: the menu offers one of them. */
const sayTheSame: ReadonlySet<OperatorName> = new Set(['exists', 'not_exists']);

/** Each operator followed by its opposite. */
const ordered = [...operators.values()]
  .filter(({ isComplement }) => !isComplement)
  .flatMap((positive) => [...operators.values()].filter(({ positiveName }) => positiveName === positive.name));

interface OperatorMenuProps {
  operator: OperatorName;
  isOnLevel: boolean;
  pointer: string;
  onChange: (operator: OperatorName) => void;
}

/** The operators that a rule can have, from the one table of them. */
export function OperatorMenu({ operator, isOnLevel, pointer, onChange }: OperatorMenuProps) {
  const state = useProblemState(`${pointer}/operator`);
  const offered = ordered.filter(
    ({ name, on }) => on !== (isOnLevel ? 'field' : 'level') && (!sayTheSame.has(name) || name === operator),
  );
  return (
    <select
      aria-label="Operator"
      aria-invalid={state !== undefined}
      value={operator}
      onChange={(event) => onChange(event.target.value as OperatorName)}
    >
      {sections.map(({ label: section, operands }) => {
        const inSection = offered.filter(({ operand }) => operands.includes(operand));
        return inSection.length === 0 ? null : (
          <optgroup key={section} label={section}>
            {inSection.map((one) => (
              <option key={one.name} value={one.name}>
                {label(one)}
              </option>
            ))}
          </optgroup>
        );
      })}
    </select>
  );
}
