import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import { usePart } from './builder-context.ts';

interface CountInputProps {
  label: string;
  part: string;
  value: number | undefined;
  max: number;
  onChange: (value: number) => void;
}

/** A whole number that is always there: while the field is blank, its last one counts. */
export function CountInput({ label, part, value, max, onChange }: CountInputProps) {
  const [isBlank, setBlank] = useState(false);
  return (
    <NumberInput
      {...usePart(part)}
      aria-label={label}
      size="sm"
      w={64}
      hideControls
      min={0}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      value={isBlank ? '' : (value ?? '')}
      onChange={(changed) => {
        setBlank(changed === '');
        if (typeof changed === 'number') onChange(Math.min(changed, max));
      }}
      onBlur={() => setBlank(false)}
    />
  );
}
