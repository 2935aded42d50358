import { useState } from 'react';

interface InputProps {
  label: string;
  value: unknown;
  isInvalid: boolean;
  onChange: (value: unknown) => void;
}

interface NumberInputProps extends InputProps {
  isWhole?: boolean;
  /** Nothing is no answer: while the field is blank its last number counts. */
  isRequired?: boolean;
}

/** A number, or undefined while there is none. */
export function NumberInput({ label, value, isWhole, isRequired, isInvalid, onChange }: NumberInputProps) {
  const [isBlank, setBlank] = useState(false);
  return (
    <input
      type="number"
      className="number-input"
      aria-label={label}
      aria-invalid={isInvalid}
      min={isWhole ? 0 : undefined}
      step={isWhole ? 1 : 'any'}
      value={typeof value === 'number' && !isBlank ? value : ''}
      onChange={({ target: { valueAsNumber } }) => {
        const isNumber = !Number.isNaN(valueAsNumber);
        setBlank(!isNumber);
        if (isNumber) onChange(valueAsNumber);
        else if (!isRequired) onChange(undefined);
      }}
      onBlur={() => setBlank(false)}
    />
  );
}

const isDay = (value: unknown) => value === undefined || value === null || /^(\d{4}-\d{2}-\d{2})?$/.test(String(value));

/** A day; a date-time that came over the API is edited as text. */
export function DateInput({ label, value, isInvalid, onChange }: InputProps) {
  return (
    <input
      type={isDay(value) ? 'date' : 'text'}
      aria-label={label}
      aria-invalid={isInvalid}
      value={typeof value === 'string' ? value : ''}
      onChange={({ target }) => onChange(target.value || undefined)}
    />
  );
}
