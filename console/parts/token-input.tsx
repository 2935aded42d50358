import { useState } from 'react';
import type { Scalar } from '../../shared/rule/value.ts';
import { ComboBox, type ComboBoxOption } from './combo-box.tsx';

interface TokenInputProps {
  label: string;
  values: readonly Scalar[];
  options: readonly ComboBoxOption[];
  isInvalid: boolean;
  onChange: (values: readonly Scalar[]) => void;
}

/** Several values: Enter adds one, Backspace takes the last one away, a pasted list is taken apart. */
export function TokenInput({ label, values, options, isInvalid, onChange }: TokenInputProps) {
  const [text, setText] = useState('');
  const taken = new Set(values.map(String));

  const add = (...added: string[]) => {
    const fresh = [...new Set(added.map((one) => one.trim()))].filter((one) => one !== '' && !taken.has(one));
    setText('');
    if (fresh.length > 0) onChange([...values, ...fresh]);
  };

  return (
    <span className={`tokens ${isInvalid ? 'is-invalid' : ''}`}>
      {values.map((value, index) => (
        <span key={String(value)} className="token">
          {String(value)}
          <button type="button" aria-label={`Remove ${value}`} onClick={() => onChange(values.toSpliced(index, 1))}>
            ×
          </button>
        </span>
      ))}
      <ComboBox
        label={label}
        placeholder={values.length === 0 ? 'Values' : 'Add'}
        value={text}
        options={options.filter(({ value }) => !taken.has(value))}
        isInvalid={isInvalid}
        onChange={setText}
        onCommit={(committed) => add(committed)}
        onBackspaceWhenEmpty={() => onChange(values.slice(0, -1))}
        onPaste={(pasted) => {
          const parts = pasted.split(/[\n\t]/.test(pasted.trim()) ? /[\n\t]/ : /[,;]/);
          if (parts.length > 1) add(...parts);
          return parts.length > 1;
        }}
        onLeave={() => add(text)}
      />
    </span>
  );
}
