import type { OperandKind } from '../../shared/rule/operator.ts';
import { numberOf, type Scalar, type ValueKind } from '../../shared/rule/value.ts';
import { ComboBox } from '../parts/combo-box.tsx';
import { DateInput, NumberInput } from '../parts/number-input.tsx';
import { TokenInput } from '../parts/token-input.tsx';
import { RangeEditor } from './range-editor.tsx';
import { useProblemState } from './rule-problems.tsx';

interface ValueEditorProps {
  operand: OperandKind;
  value: unknown;
  kinds: readonly ValueKind[];
  suggestions: readonly string[];
  pointer: string;
  onChange: (value: unknown) => void;
}

/** What an operator compares with, by the kind of value it takes. */
export function ValueEditor({ operand, value, kinds, suggestions, pointer, onChange }: ValueEditorProps) {
  const isInvalid = useProblemState(pointer) !== undefined;
  const options = suggestions.map((one) => ({ value: one }));
  switch (operand) {
    case 'none':
      return null;
    case 'scalar':
    case 'text':
    case 'level':
      return (
        <ComboBox
          label="Value"
          placeholder="Value"
          value={value === undefined ? '' : String(value)}
          options={options}
          isInvalid={isInvalid}
          onChange={(text) => onChange(scalarOf(text, value))}
        />
      );
    case 'list':
      return (
        <TokenInput
          label="Values"
          values={Array.isArray(value) ? (value as Scalar[]) : []}
          options={options}
          isInvalid={isInvalid}
          onChange={(values) => onChange(values.length > 0 ? values : undefined)}
        />
      );
    case 'number':
      return <NumberInput label="Number" value={value} isInvalid={isInvalid} onChange={onChange} />;
    case 'days':
      return <NumberInput label="Days" value={value} isWhole isInvalid={isInvalid} onChange={onChange} />;
    case 'date':
      return <DateInput label="Date" value={value} isInvalid={isInvalid} onChange={onChange} />;
    case 'range':
      return <RangeEditor value={value} kinds={kinds} isInvalid={isInvalid} onChange={onChange} />;
  }
}

/**
 * Text, which equals a number of the same digits too; a number only where one was before, so that "01234" typed anew
 * stays what it is.
 */
function scalarOf(text: string, before: unknown): Scalar | undefined {
  if (text === '') return undefined;
  const number = typeof before === 'number' ? numberOf(text) : undefined;
  if (number !== undefined && String(number) === text) return number;
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
