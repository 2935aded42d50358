import type { OperatorName } from '../../shared/rule/operator.ts';
import { operatorSections } from './operator-sections.ts';
import { useProblemState } from './rule-problems.tsx';

interface OperatorMenuProps {
  operator: OperatorName;
  isOnLevel: boolean;
  pointer: string;
  onChange: (operator: OperatorName) => void;
}

/** The operators that a rule can have, from the one table of them. */
export function OperatorMenu({ operator, isOnLevel, pointer, onChange }: OperatorMenuProps) {
  const state = useProblemState(`${pointer}/operator`);
  return (
    <select
      aria-label="Operator"
      aria-invalid={state !== undefined}
      value={operator}
      onChange={(event) => onChange(event.target.value as OperatorName)}
    >
      {operatorSections(isOnLevel, operator).map(({ label, operators }) => (
        <optgroup key={label} label={label}>
          {operators.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
