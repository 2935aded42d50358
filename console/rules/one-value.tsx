import { NumberInput, TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { numberOf } from '../../shared/rule/value.ts';
import { usePart } from './builder-context.ts';

const LazyDate = lazy(() => import('./date-value.tsx'));

interface OneValueProps {
  label: string;
  part: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A number, or undefined while there is none. */
export function NumberValue({ label, part, value, onChange }: OneValueProps) {
  return (
    <NumberInput
      {...usePart(part)}
      aria-label={label}
      size="sm"
      w={120}
      hideControls
      value={typeof value === 'number' ? value : ''}
      onChange={(changed) => onChange(changed === '' ? undefined : numberOf(changed))}
    />
  );
}

const isDay = (value: unknown) => value === undefined || value === null || /^(\d{4}-\d{2}-\d{2})?$/.test(String(value));

/** A day; a date-time that came over the API is edited as text. */
export function DayValue({ label, part, value, onChange }: OneValueProps) {
  const ofPart = usePart(part);
  const text = typeof value === 'string' ? value : '';
  const asText = (
    <TextInput
      {...ofPart}
      aria-label={label}
      size="sm"
      w={200}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
  if (!isDay(value)) return asText;
  return (
    <Suspense fallback={asText}>
      <LazyDate label={label} part={part} value={text || undefined} onChange={onChange} />
    </Suspense>
  );
}
