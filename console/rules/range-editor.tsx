import { useState } from 'react';
import type { ValueKind } from '../../shared/rule/value.ts';
import { DateInput, NumberInput } from '../parts/number-input.tsx';

interface RangeEditorProps {
  value: unknown;
  kinds: readonly ValueKind[];
  isInvalid: boolean;
  onChange: (value: unknown) => void;
}

/** From and to, as two numbers or as two dates. */
export function RangeEditor({ value, kinds, isInvalid, onChange }: RangeEditorProps) {
  const [low, high] = (Array.isArray(value) ? value : []) as unknown[];
  const [chosen, setChosen] = useState<'numbers' | 'dates'>();
  const kept = [low, high].some((bound) => typeof bound === 'string') ? 'dates' : undefined;
  const usual = kinds.includes('date') && !kinds.includes('number') ? 'dates' : 'numbers';
  const mode = chosen ?? kept ?? usual;
  const Bound = mode === 'dates' ? DateInput : NumberInput;
  const change = (bounds: unknown[]) =>
    onChange(bounds.every((bound) => bound === undefined || bound === null) ? undefined : bounds.map((b) => b ?? null));
  return (
    <>
      <Bound label="From" value={low} isInvalid={isInvalid} onChange={(bound) => change([bound, high])} />
      <span className="after-value">and</span>
      <Bound label="To" value={high} isInvalid={isInvalid} onChange={(bound) => change([low, bound])} />
      <select
        aria-label="Numbers or dates"
        value={mode}
        onChange={(event) => {
          setChosen(event.target.value as 'numbers' | 'dates');
          onChange(undefined);
        }}
      >
        <option value="numbers">numbers</option>
        <option value="dates">dates</option>
      </select>
    </>
  );
}
