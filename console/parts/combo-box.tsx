import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { fold } from '../../shared/rule/value.ts';

export interface ComboBoxOption {
  readonly value: string;
  readonly hint?: string;
}

interface ComboBoxProps {
  label: string;
  value: string;
  options: readonly ComboBoxOption[];
  onChange: (value: string) => void;
  /** An option was chosen from the list, or Enter was pressed on the text. */
  onCommit?: (value: string) => void;
  placeholder?: string;
  isInvalid?: boolean;
  onBackspaceWhenEmpty?: () => void;
  onPaste?: (text: string) => boolean;
  onLeave?: () => void;
}

const mostShown = 100;

/** A text field that offers what is known, and takes anything else as well. */
export function ComboBox(props: ComboBoxProps) {
  const { label, value, options, onChange, onCommit, placeholder, isInvalid } = props;
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  /** Typed since the list was opened: until then it shows everything, not only what is like the chosen one. */
  const [isTyped, setTyped] = useState(false);
  const [marked, setMarked] = useState(-1);

  const wanted = isTyped ? fold(value) : '';
  const shown = options.filter((option) => fold(option.value).includes(wanted)).slice(0, mostShown);
  const isShown = isOpen && shown.length > 0;

  const close = () => {
    setOpen(false);
    setTyped(false);
    setMarked(-1);
  };
  const choose = (chosen: string) => {
    close();
    if (onCommit) onCommit(chosen);
    else onChange(chosen);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isShown) return setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setMarked((now) => (now + step + shown.length + (now < 0 && step < 0 ? 1 : 0)) % shown.length);
    } else if (event.key === 'Enter') {
      const option = isShown ? shown[marked] : undefined;
      if (!option && !onCommit) return close();
      event.preventDefault();
      if (option) choose(option.value);
      else if (value.trim()) choose(value.trim());
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === 'Backspace' && value === '') {
      props.onBackspaceWhenEmpty?.();
    }
  };

  return (
    <span className="combo-box">
      <input
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && marked >= 0 ? `${listId}-${marked}` : undefined}
        aria-invalid={isInvalid}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          setOpen(true);
          setTyped(true);
          setMarked(-1);
          onChange(event.target.value);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => {
          close();
          props.onLeave?.();
        }}
        onPaste={(event) => {
          if (props.onPaste?.(event.clipboardData.getData('text'))) event.preventDefault();
        }}
        onKeyDown={onKeyDown}
      />
      {isShown && (
        <div id={listId} role="listbox" aria-label={`Known: ${label}`}>
          {shown.map((option, index) => (
            <ComboBoxRow
              key={option.value}
              id={`${listId}-${index}`}
              option={option}
              isMarked={index === marked}
              isChosen={option.value === value}
              onChoose={() => choose(option.value)}
            />
          ))}
        </div>
      )}
    </span>
  );
}

interface ComboBoxRowProps {
  id: string;
  option: ComboBoxOption;
  isMarked: boolean;
  isChosen: boolean;
  onChoose: () => void;
}

function ComboBoxRow({ id, option, isMarked, isChosen, onChoose }: ComboBoxRowProps) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isMarked) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isMarked]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field keeps the focus and handles keys (combobox pattern)
    // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus and handles keys (combobox pattern)
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={isChosen}
      className={isMarked ? 'is-marked' : undefined}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      {option.value}
      {option.hint && <span className="muted">{option.hint}</span>}
    </div>
  );
}
