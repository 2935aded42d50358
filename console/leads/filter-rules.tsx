import { Stack, Text } from '@mantine/core';
import { RuleBuilder } from '../rules/rule-builder.tsx';
import type { FilterDraft } from './use-filter-draft.ts';

/** The rules of the filter, to edit; they count as soon as they are complete. */
export function FilterRules({ draft }: { draft: FilterDraft }) {
  const { match, rules, edit } = draft;
  return (
    <Stack gap="sm">
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          Add a rule, and the list shows who matches it. The rules can be saved as a segment.
        </Text>
      )}
      <RuleBuilder rules={{ match, rules }} whatFor="A lead is listed when" onEdit={edit} />
    </Stack>
  );
}
