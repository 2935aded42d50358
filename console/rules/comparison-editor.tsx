import { NativeSelect, Text } from '@mantine/core';
import { type OperatorName, operatorNamed } from '../../shared/rule/operator.ts';
import type { FieldComparison } from '../../shared/rule/rule.ts';
import type { VocabularyField } from '../../shared/vocabulary/vocabulary.ts';
import { operandFor } from '../drafts/operand-for.ts';
import { afterValue, type Compared, firstOperator, isFitting, operatorSections } from '../drafts/operator-sections.ts';
import { usePart } from './builder-context.ts';
import classes from './rules.module.css';
import { SuggestInput } from './suggest-input.tsx';
import { ValueEditor } from './value-editor.tsx';

interface ComparisonEditorProps {
  comparison: FieldComparison;
  fields: readonly VocabularyField[];
  /** What fields are called when their values are counted: `lead`; undefined: they are not. */
  countedIn?: 'lead' | 'account' | undefined;
  /** Where it is in its rule: empty, or such as `and/0/`. */
  path: string;
  onChange: (comparison: FieldComparison) => void;
}

const noKinds: Compared = [];

/** A field, an operator and a value. */
export function ComparisonEditor({ comparison, fields, countedIn, path, onChange }: ComparisonEditorProps) {
  const { field, operator, value } = comparison;
  const known = fields.find(({ name }) => name === field);
  const choose = (name: string) => {
    const kinds = fields.find((one) => one.name === name)?.kinds;
    const isKept = !kinds || value !== undefined || operatorNamed(operator).operand === 'none';
    const fitting = isKept || (operator !== 'equals' && isFitting(operatorNamed(operator), kinds));
    onChange({ field: name, operator: fitting ? operator : firstOperator(kinds), value });
  };
  return (
    <>
      <SuggestInput
        {...usePart(`${path}field`)}
        aria-label="Field"
        placeholder="Field"
        className={classes.field}
        value={field}
        suggestions={fields.map(({ name, kinds }) => ({ value: name, hint: kinds.join(', ') }))}
        onChange={choose}
      />
      <OperandEditor
        operator={operator}
        value={value}
        compared={known?.kinds ?? noKinds}
        known={known?.values ?? []}
        countedAs={countedIn && known && `${countedIn}:${field}`}
        path={path}
        onChange={(changed, operand) => onChange({ field, operator: changed, value: operand })}
      />
    </>
  );
}

interface OperandEditorProps {
  operator: OperatorName;
  value: unknown;
  compared: Compared;
  known: readonly string[];
  countedAs: string | undefined;
  path: string;
  onChange: (operator: OperatorName, value: unknown) => void;
}

/** An operator, from the one table of them, and the value it takes. */
export function OperandEditor(props: OperandEditorProps) {
  const { operator, value, compared, known, countedAs, path, onChange } = props;
  const row = operatorNamed(operator);
  const sections = operatorSections(compared, operator);
  return (
    <>
      <NativeSelect
        {...usePart(`${path}operator`)}
        aria-label="Operator"
        size="sm"
        className={classes.operator}
        value={operator}
        data={sections.map(({ label, operators }) => ({
          group: label,
          items: operators.map((one) => ({ value: one.name, label: one.label })),
        }))}
        onChange={({ currentTarget }) => {
          const name = currentTarget.value as OperatorName;
          onChange(name, operandFor(value, row.operand, operatorNamed(name).operand));
        }}
      />
      <ValueEditor
        operand={row.operand}
        value={value}
        compared={compared}
        known={known}
        countedAs={countedAs}
        part={`${path}value`}
        onChange={(changed) => onChange(operator, changed)}
      />
      {afterValue(row) && (
        <Text span size="sm">
          {afterValue(row)}
        </Text>
      )}
    </>
  );
}
