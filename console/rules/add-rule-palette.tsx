import { Combobox, Modal, Text, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Rule } from '../../shared/rule/rule.ts';
import type { Vocabulary } from '../api/answers.ts';
import { paletteFound, paletteGroups } from '../drafts/palette-options.ts';
import { useNamedSegments } from './rule-queries.ts';
import classes from './rules.module.css';

interface AddRulePaletteProps {
  isOpen: boolean;
  vocabulary: Vocabulary | undefined;
  segmentId: string | undefined;
  /** How many groups the rule is going to be in. */
  depth: number;
  onClose: () => void;
  onAdd: (rule: Rule) => void;
}

/** One search over everything that a rule can be about: types, fields, events, levels and segments. */
export const AddRulePalette = memo(function AddRulePalette({ isOpen, onClose, onAdd, ...rest }: AddRulePaletteProps) {
  const chosen = useRef<Rule>(undefined);
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Add Rule"
      size="lg"
      yOffset="8vh"
      centered={false}
      transitionProps={{ duration: 0 }}
      // The focus goes to the new rule instead.
      returnFocus={chosen.current === undefined}
      onExitTransitionEnd={() => {
        chosen.current = undefined;
      }}
    >
      <PaletteBody
        {...rest}
        onClose={onClose}
        onChoose={(rule) => {
          chosen.current = rule;
          onClose();
          onAdd(rule);
        }}
      />
    </Modal>
  );
});

interface PaletteBodyProps extends Pick<AddRulePaletteProps, 'vocabulary' | 'segmentId' | 'depth' | 'onClose'> {
  onChoose: (rule: Rule) => void;
}

function PaletteBody({ vocabulary, segmentId, depth, onClose, onChoose }: PaletteBodyProps) {
  const [search, setSearch] = useState('');
  const { segments, refusals } = useNamedSegments(segmentId);
  const combobox = useCombobox({ opened: true });
  const listId = useId();
  const [markedId, setMarkedId] = useState<string>();
  const marking = (mark: () => string | null) => () => {
    const id = mark();
    setMarkedId(id ?? undefined);
    return id;
  };
  const found = useMemo(
    () => paletteFound(paletteGroups(vocabulary, segments, refusals, depth), search),
    [vocabulary, segments, refusals, depth, search],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is found first is marked as soon as it changes
  useEffect(() => {
    marking(combobox.selectFirstOption)();
  }, [search, segments.length]);
  const options = new Map(found.flatMap(({ options }) => options.map((option) => [option.key, option])));
  return (
    <Combobox
      store={{
        ...combobox,
        selectNextOption: marking(combobox.selectNextOption),
        selectPreviousOption: marking(combobox.selectPreviousOption),
      }}
      onOptionSubmit={(key) => {
        const option = options.get(key);
        if (option && option.refusal === undefined) onChoose(option.make());
      }}
    >
      {/* Mantine names the list only after it was opened, and what is marked only after an arrow key. */}
      <Combobox.EventsTarget withAriaAttributes={false}>
        <TextInput
          data-autofocus
          role="combobox"
          aria-expanded
          aria-haspopup="listbox"
          aria-controls={listId}
          aria-activedescendant={markedId}
          autoComplete="off"
          aria-label="Search fields, events, levels and segments"
          placeholder="Search fields, events, levels and segments"
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          // Mantine keeps Escape for the list, which is not closed by itself here.
          onKeyDown={({ key }) => key === 'Escape' && onClose()}
        />
      </Combobox.EventsTarget>
      <Combobox.Options id={listId} aria-label="What the rule is about" className={classes.palette}>
        {found.map(({ label, options: ofGroup }) => (
          <Combobox.Group key={label} label={label}>
            {ofGroup.map(({ key, label: name, hint, refusal }) => (
              <Combobox.Option key={key} value={key} disabled={refusal !== undefined}>
                <span className={classes.option}>
                  <span>{name}</span>
                  <Text span size="xs" className={classes.hint}>
                    {hint}
                  </Text>
                </span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
        {found.length === 0 && <Combobox.Empty>Nothing is called that</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}
