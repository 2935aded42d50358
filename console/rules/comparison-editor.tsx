import { type OperatorName, operatorNamed } from '../../shared/rule/operator.ts';
import type { FieldComparison } from '../../shared/rule/rule.ts';
import type { ValueKind } from '../../shared/rule/value.ts';
import type { VocabularyField } from '../../shared/vocabulary/vocabulary.ts';
import { ComboBox } from '../parts/combo-box.tsx';
import { operandFor } from './operand-for.ts';
import { OperatorMenu } from './operator-menu.tsx';
import { afterValue } from './operator-sections.ts';
import { useProblemState } from './rule-problems.tsx';
import { ValueEditor } from './value-editor.tsx';

interface ComparisonEditorProps {
  comparison: FieldComparison;
  fields: readonly VocabularyField[];
  pointer: string;
  onChange: (comparison: FieldComparison) => void;
}

/** A field, an operator and a value. */
export function ComparisonEditor({ comparison, fields, pointer, onChange }: ComparisonEditorProps) {
  const { field, operator, value } = comparison;
  const state = useProblemState(`${pointer}/field`);
  const known = fields.find(({ name }) => name === field);
  return (
    <>
      <ComboBox
        label="Field"
        placeholder="Field"
        value={field}
        options={fields.map(({ name, kinds }) => ({ value: name, hint: kinds.join(', ') }))}
        isInvalid={state !== undefined}
        onChange={(name) => onChange({ field: name, operator, value })}
      />
      <OperandEditor
        operator={operator}
        value={value}
        isOnLevel={false}
        kinds={known?.kinds ?? []}
        suggestions={known?.values ?? []}
        pointer={pointer}
        onChange={(changed, operand) => onChange({ field, operator: changed, value: operand })}
      />
    </>
  );
}

interface OperandEditorProps {
  operator: OperatorName;
  value: unknown;
  isOnLevel: boolean;
  kinds: readonly ValueKind[];
  suggestions: readonly string[];
  pointer: string;
  onChange: (operator: OperatorName, value: unknown) => void;
}

/** An operator and the value it takes. */
export function OperandEditor({
  operator,
  value,
  isOnLevel,
  kinds,
  suggestions,
  pointer,
  onChange,
}: OperandEditorProps) {
  const row = operatorNamed(operator);
  return (
    <>
      <OperatorMenu
        operator={operator}
        isOnLevel={isOnLevel}
        pointer={pointer}
        onChange={(name) => onChange(name, operandFor(value, row.operand, operatorNamed(name).operand))}
      />
      <ValueEditor
        operand={row.operand}
        value={value}
        kinds={kinds}
        suggestions={suggestions}
        pointer={`${pointer}/value`}
        onChange={(changed) => onChange(operator, changed)}
      />
      {afterValue(row) && <span className="after-value">{afterValue(row)}</span>}
    </>
  );
}
