import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useVocabulary } from '../api/queries.ts';
import { RuleList } from '../rules/rule-list.tsx';
import { RuleProblemsContext } from '../rules/rule-problems.tsx';
import type { FilterDraft } from './use-filter-draft.ts';

/** The rules of the filter, to edit; they count as soon as they are complete. */
export function FilterRules({ draft }: { draft: FilterDraft }) {
  const { match, rules, edit, problems } = draft;
  // Read before the first rule is added, so that its menus are filled at once.
  useVocabulary();
  return (
    <Stack gap="sm">
      {rules.length > 1 && (
        <Group gap="xs">
          <Text size="sm">Leads that match</Text>
          <SegmentedControl
            size="xs"
            aria-label="How the rules combine"
            data={[
              { value: 'all', label: 'all' },
              { value: 'any', label: 'any' },
            ]}
            value={match}
            onChange={(value) => edit({ match: value === 'any' ? 'any' : 'all', rules })}
          />
          <Text size="sm">of these rules</Text>
        </Group>
      )}
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          Add a rule, and the list shows who matches it. The rules can be saved as a segment.
        </Text>
      )}
      <RuleProblemsContext value={{ errors: [], hints: problems, warnings: [] }}>
        <RuleList
          rules={rules}
          pointer="/rules"
          depth={0}
          segmentId=""
          onChange={(edited) => edit({ match, rules: edited })}
        />
      </RuleProblemsContext>
    </Stack>
  );
}
