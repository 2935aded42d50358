import { Badge, Button, CloseButton, Collapse, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconChevronDown, IconFilter, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { describeRule } from '../../shared/rule/describe.ts';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import { useSegments } from '../api/queries.ts';
import classes from './filter-bar.module.css';
import { FilterRules } from './filter-rules.tsx';
import type { FilterDraft } from './use-filter-draft.ts';

interface FilterBarProps {
  readonly draft: FilterDraft;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** What stands at the end of the bar. */
  readonly children: ReactNode;
}

/** Which leads are listed: a text to search for, and rules, each shown as a chip that takes it away. */
export function FilterBar({ draft, isOpen, onToggle, children }: FilterBarProps) {
  const { text, setText, rules, match, edit } = draft;
  const panel = useId();
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          type="search"
          aria-label="Search leads"
          placeholder="Name, e-mail or id"
          className={classes.search}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden="true" />}
          rightSection={
            rules.length > 0 ? <Badge circle>{rules.length}</Badge> : <IconChevronDown size={14} aria-hidden="true" />
          }
          aria-expanded={isOpen}
          aria-controls={panel}
          onClick={onToggle}
        >
          Filter
        </Button>
        {children}
      </Group>
      {rules.length > 0 && !isOpen && (
        <FilterChips match={match} rules={rules} onChange={(left) => edit((before) => ({ ...before, rules: left }))} />
      )}
      <Collapse expanded={isOpen} id={panel}>
        <Paper withBorder p="md">
          <FilterRules draft={draft} />
        </Paper>
      </Collapse>
    </Stack>
  );
}

interface FilterChipsProps {
  readonly match: Match;
  readonly rules: readonly Rule[];
  readonly onChange: (rules: readonly Rule[]) => void;
}

function FilterChips({ match, rules, onChange }: FilterChipsProps) {
  const segments = useSegments({ isLive: false }).data ?? [];
  const nameOf = (segmentId: string) => segments.find(({ id }) => id === segmentId)?.name ?? segmentId;
  return (
    <Group gap="xs">
      <Group gap="xs" role="list" aria-label="Filter">
        {rules.map((rule, index) => {
          const words = describeRule(rule, nameOf);
          return (
            <Group key={rule.id ?? words} gap="xs" role="listitem" wrap="nowrap" maw="100%">
              {index > 0 && (
                <Text size="sm" c="dimmed">
                  {match === 'all' ? 'and' : 'or'}
                </Text>
              )}
              <span className={classes.chip}>
                {words}
                <CloseButton
                  size="xs"
                  aria-label={`Take away: ${words}`}
                  onClick={() => onChange(rules.toSpliced(index, 1))}
                />
              </span>
            </Group>
          );
        })}
      </Group>
      <Button variant="subtle" size="compact-sm" onClick={() => onChange([])}>
        Clear filter
      </Button>
    </Group>
  );
}
