import { NativeSelect, Text } from '@mantine/core';
import { useState } from 'react';
import type { Compared } from '../drafts/operator-sections.ts';
import { DayValue, NumberValue } from './one-value.tsx';

interface RangeEditorProps {
  value: unknown;
  compared: Compared;
  part: string;
  onChange: (value: unknown) => void;
}

/** From and to, as two numbers or as two dates; which of both is asked only where the field may have either. */
export function RangeEditor({ value, compared, part, onChange }: RangeEditorProps) {
  const [low, high] = (Array.isArray(value) ? value : []) as unknown[];
  const [chosen, setChosen] = useState<'numbers' | 'dates'>();
  const has = (kind: 'number' | 'date') => compared !== 'level' && compared.includes(kind);
  const kept = [low, high].some((bound) => typeof bound === 'string') ? 'dates' : undefined;
  const mode = chosen ?? kept ?? (has('date') && !has('number') ? 'dates' : 'numbers');
  const isOpen = has('number') === has('date') || (kept !== undefined) !== has('date');
  const Bound = mode === 'dates' ? DayValue : NumberValue;
  const change = (bounds: unknown[]) =>
    onChange(bounds.every((bound) => bound === undefined || bound === null) ? undefined : bounds.map((b) => b ?? null));
  return (
    <>
      <Bound label="From" part={part} value={low} onChange={(bound) => change([bound, high])} />
      <Text span size="sm">
        and
      </Text>
      <Bound label="To" part={part} value={high} onChange={(bound) => change([low, bound])} />
      {isOpen && (
        <NativeSelect
          aria-label="Numbers or dates"
          size="sm"
          data={['numbers', 'dates']}
          value={mode}
          onChange={(event) => {
            setChosen(event.currentTarget.value as 'numbers' | 'dates');
            onChange(undefined);
          }}
        />
      )}
    </>
  );
}
