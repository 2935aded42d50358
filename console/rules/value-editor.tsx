import { MultiSelect, NativeSelect, TagsInput } from '@mantine/core';
import { useState } from 'react';
import { ruleLimits } from '../../shared/rule/operand.ts';
import type { OperandKind } from '../../shared/rule/operator.ts';
import { numberOf, type Scalar } from '../../shared/rule/value.ts';
import type { Compared } from '../drafts/operator-sections.ts';
import { pastedList } from '../drafts/pasted-list.ts';
import { formatCount } from '../words/format.ts';
import { usePart } from './builder-context.ts';
import { CountInput } from './count-input.tsx';
import { DayValue, NumberValue } from './one-value.tsx';
import { RangeEditor } from './range-editor.tsx';
import { useValueCounts } from './rule-queries.ts';
import classes from './rules.module.css';
import { inPlace, likeTyped, SuggestInput, type Suggestion, suggestionIn } from './suggest-input.tsx';

export interface ValueEditorProps {
  operand: OperandKind;
  value: unknown;
  compared: Compared;
  /** What is usual there. */
  known: readonly string[];
  /** What it is called when its values are counted: `lead:country`; undefined: they are not. */
  countedAs: string | undefined;
  part: string;
  onChange: (value: unknown) => void;
}

/** What an operator compares with, by the kind of value it takes. */
export function ValueEditor(props: ValueEditorProps) {
  const { operand, value, compared, part, onChange } = props;
  switch (operand) {
    case 'none':
      return null;
    case 'scalar':
    case 'text':
    case 'level':
      return compared === 'level' ? <LevelValue {...props} /> : <TextValue {...props} />;
    case 'list':
      return compared === 'level' ? <LevelValues {...props} /> : <ListValue {...props} />;
    case 'number':
      return <NumberValue label="Number" part={part} value={value} onChange={onChange} />;
    case 'days':
      return (
        <CountInput
          label="Days"
          part={part}
          value={value as number | undefined}
          max={ruleLimits.days}
          onChange={onChange}
        />
      );
    case 'date':
      return <DayValue label="Date" part={part} value={value} onChange={onChange} />;
    case 'range':
      return <RangeEditor part={part} value={value} compared={compared} onChange={onChange} />;
  }
}

/** Values as they were counted, once somebody has come to the field; until then those that are usual. */
function useSuggestions({ known, countedAs }: ValueEditorProps) {
  const [isNear, setNear] = useState(false);
  const counts = useValueCounts(countedAs, isNear);
  const sign = counts?.exact === false ? '~' : '';
  const counted = counts?.values.map(({ value, leads }) => ({ value, hint: `${sign}${formatCount(leads)}` })) ?? [];
  const others = known.filter((value) => !counted.some((one) => one.value === value)).map((value) => ({ value }));
  return { suggestions: [...counted, ...others] as Suggestion[], onFocus: () => setNear(true) };
}

function TextValue(props: ValueEditorProps) {
  const { value, part, onChange } = props;
  const { suggestions, onFocus } = useSuggestions(props);
  return (
    <SuggestInput
      {...usePart(part)}
      aria-label="Value"
      placeholder="Value"
      className={classes.grows}
      suggestions={suggestions}
      value={value === undefined ? '' : String(value)}
      onFocus={onFocus}
      onChange={(text) => onChange(scalarOf(text, value))}
    />
  );
}

function ListValue(props: ValueEditorProps) {
  const { value, part, onChange } = props;
  const { suggestions, onFocus } = useSuggestions(props);
  const values = Array.isArray(value) ? (value as Scalar[]) : [];
  // Two that are written alike would be one tag.
  const byText = new Map(values.map((one) => [String(one), one]));
  const change = (texts: readonly string[]) => {
    const changed = [...new Set(texts)].map((text) => byText.get(text) ?? text);
    onChange(changed.length > 0 ? changed : undefined);
  };
  return (
    <TagsInput
      {...usePart(part)}
      aria-label="Values"
      placeholder={values.length === 0 ? 'Values' : ''}
      size="sm"
      className={classes.tags}
      data={[...new Set(suggestions.map((one) => one.value))]}
      renderOption={suggestionIn(suggestions)}
      filter={likeTyped}
      limit={100}
      maxDropdownHeight={280}
      openOnFocus={false}
      comboboxProps={inPlace}
      splitChars={[]}
      allowDuplicates
      value={[...byText.keys()]}
      onChange={change}
      onFocus={onFocus}
      wrapperProps={{
        // Mantine takes a pasted text for one value.
        onPasteCapture: (event: React.ClipboardEvent) => {
          const pasted = pastedList(event.clipboardData.getData('text'));
          event.stopPropagation();
          if (pasted.length < 2) return;
          event.preventDefault();
          change([...byText.keys(), ...pasted]);
        },
      }}
    />
  );
}

/** A level is one of a few; what the vocabulary does not have any more is still shown. */
function LevelValue({ value, known, part, onChange }: ValueEditorProps) {
  const chosen = value === undefined ? '' : String(value);
  const others = chosen === '' || known.includes(chosen) ? [] : [chosen];
  return (
    <NativeSelect
      {...usePart(part)}
      aria-label="Value"
      size="sm"
      data={[{ value: '', label: 'Choose a level', disabled: true }, ...known, ...others]}
      value={chosen}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function LevelValues({ value, known, part, onChange }: ValueEditorProps) {
  const chosen = Array.isArray(value) ? value.map(String) : [];
  return (
    <MultiSelect
      {...usePart(part)}
      aria-label="Values"
      placeholder={chosen.length === 0 ? 'Choose levels' : ''}
      size="sm"
      className={classes.tags}
      comboboxProps={inPlace}
      data={[...new Set([...known, ...chosen])]}
      value={chosen}
      onChange={(values) => onChange(values.length > 0 ? values : undefined)}
    />
  );
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
