import { Button } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useVocabulary } from '../api/queries.ts';
import { RecentJobs } from '../members/recent-jobs.tsx';
import { Page } from '../parts/page.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { FilterBar } from './filter-bar.tsx';
import { columnOf, offeredColumns, usualColumns } from './lead-columns.ts';
import { LeadsResult } from './leads-result.tsx';
import { SaveAsSegmentDialog } from './save-as-segment-dialog.tsx';
import { useFilterDraft } from './use-filter-draft.ts';

/** Analyze > Leads: filter or select leads, and add them to a segment. */
export function LeadsPage() {
  const draft = useFilterDraft();
  const [isFilterOpen, { toggle }] = useDisclosure();
  const [isSaving, saving] = useDisclosure();
  const [keys, setKeys] = useLocalStorage<string[]>({
    key: 'leads-columns',
    defaultValue: [...usualColumns],
    getInitialValueInEffect: false,
  });
  const offered = offeredColumns(useVocabulary().data);
  const { filter } = draft;
  return (
    <Page heading="Leads">
      <FilterBar draft={draft} isOpen={isFilterOpen} onToggle={toggle}>
        <ColumnMenu offered={offered} chosen={keys} onChange={setKeys} />
        {filter.rules.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={16} aria-hidden="true" />}
            onClick={saving.open}
          >
            Save as segment
          </Button>
        )}
      </FilterBar>
      <RecentJobs />
      <LeadsResult filter={filter} columns={keys.flatMap((key) => columnOf(key) ?? [])} />
      <SaveAsSegmentDialog
        isOpen={isSaving}
        rules={{ match: filter.match, rules: filter.rules }}
        onClose={saving.close}
      />
    </Page>
  );
}
