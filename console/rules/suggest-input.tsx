import { Autocomplete, type AutocompleteProps, type ComboboxItem, type OptionsFilter, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { fold } from '../../shared/rule/value.ts';
import classes from './rules.module.css';

/** A value that is offered, with what is known of it: how many leads have it, or what kind it is. */
export interface Suggestion {
  readonly value: string;
  readonly hint?: string | undefined;
}

/** A list stands where its field is, so that it is within the page's landmarks, and above it where below is no room. */
export const inPlace = {
  width: 'max-content',
  position: 'bottom-start',
  withinPortal: false,
  classNames: { dropdown: classes.dropdown ?? '' },
} as const;

/** Until something else is typed, what is chosen hides nothing of the list. */
export const likeTyped: OptionsFilter = ({ options, search, limit }) => {
  const items = options as ComboboxItem[];
  const wanted = fold(search);
  const isChosen = items.some(({ value }) => value === search);
  return (isChosen ? items : items.filter(({ label }) => fold(label).includes(wanted))).slice(0, limit);
};

/** Shows a suggestion with its hint. */
export function suggestionIn(suggestions: readonly Suggestion[]) {
  const hints = new Map(suggestions.map(({ value, hint }) => [value, hint]));
  return ({ option }: { option: { value: string } }) => (
    <span className={classes.suggestion}>
      <span>{option.value}</span>
      <Text span size="xs" className={`${classes.hint} ${classes.figure}`}>
        {hints.get(option.value)}
      </Text>
    </span>
  );
}

interface SuggestInputProps extends Omit<AutocompleteProps, 'data' | 'renderOption'> {
  suggestions: readonly Suggestion[];
}

/** A text field that offers what is known, and takes anything else as well. */
export function SuggestInput({ suggestions, ...props }: SuggestInputProps) {
  return (
    <Autocomplete
      size="sm"
      data={[...new Set(suggestions.map(({ value }) => value))]}
      filter={likeTyped}
      limit={100}
      maxDropdownHeight={280}
      openOnFocus={false}
      renderOption={suggestionIn(suggestions)}
      rightSection={suggestions.length > 0 && <IconChevronDown size={14} aria-hidden="true" />}
      rightSectionPointerEvents="none"
      comboboxProps={inPlace}
      spellCheck={false}
      {...props}
    />
  );
}
