import { Button, Group, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconUsersPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Lead, PreviewAnswer } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { AddToSegmentDialog } from '../members/add-to-segment-dialog.tsx';
import { readAll } from '../members/read-all.ts';
import type { ChosenLeads, Selection } from '../members/selection.tsx';
import { announce } from '../parts/announcer.tsx';
import { download } from '../parts/download.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';
import type { LeadColumn } from './lead-columns.ts';
import { type LeadFilter, leadPage, mostPerPage } from './lead-queries.ts';
import { leadsCsv } from './leads-csv.ts';

interface SelectionBarProps {
  readonly filter: LeadFilter;
  /** How many match the filter's rules, once that is counted. */
  readonly count: PreviewAnswer | undefined;
  readonly leads: readonly Lead[];
  readonly columns: readonly LeadColumn[];
  readonly selection: Selection;
}

/** How many leads match and are selected, and what can be done about them: Add to Segment, Export CSV. */
export function SelectionBar({ filter, count, leads, columns, selection }: SelectionBarProps) {
  const api = useApi();
  const [isAdding, adding] = useDisclosure();
  const isFiltered = filter.q !== '' || filter.rules.length > 0;
  // "Filter or select the leads": of a filter, whoever it finds is meant where nobody is selected.
  const isAll = selection.isAll || (selection.isEmpty && isFiltered);
  const isNobody = !isAll && selection.isEmpty;
  const total = filter.q === '' && count?.exact ? count.total : undefined;

  const readLeads = async (signal?: AbortSignal): Promise<readonly Lead[]> =>
    isAll
      ? readAll((cursor) => leadPage(api, filter, { limit: mostPerPage, cursor, signal }))
      : leads.filter(({ leadId }) => selection.has(leadId));
  const chosen: ChosenLeads = {
    count: isAll ? total : selection.leadIds.length,
    leadIds: async (signal) => (isAll ? (await readLeads(signal)).map(({ leadId }) => leadId) : selection.leadIds),
    rules: isAll && filter.q === '' && filter.rules.length > 0 ? filter : undefined,
  };
  const exportCsv = useMutation({
    mutationFn: async () => {
      const rows = await readLeads();
      download(new Blob([leadsCsv(rows, columns)], { type: 'text/csv' }), 'leads.csv');
      return rows.length;
    },
    onSuccess: (rows) => announce(`${formatLeads(rows)} exported`),
  });

  const add = () => {
    if (!isNobody) adding.open();
  };
  return (
    <>
      <Group justify="space-between" gap="sm" px="md" py="sm">
        <Group gap="sm">
          <Text size="sm" fw={600} component="output">
            {selectionWords(selection, count, filter)}
          </Text>
          {selection.areShownChosen && !selection.isAll && isFiltered && (
            <Button variant="subtle" size="compact-sm" onClick={selection.chooseAll}>
              {total === undefined ? 'Select all that match' : `Select all ${formatCount(total)} that match`}
            </Button>
          )}
          {!selection.isEmpty && (
            <Button variant="subtle" size="compact-sm" onClick={selection.clear}>
              Clear selection
            </Button>
          )}
        </Group>
        <Group gap="xs">
          <Tooltip label="Select leads, or filter them" disabled={!isNobody}>
            <Button
              leftSection={<IconUsersPlus size={16} aria-hidden="true" />}
              data-disabled={isNobody}
              aria-disabled={isNobody}
              onClick={add}
            >
              Add to Segment
            </Button>
          </Tooltip>
          <Tooltip label="Select leads, or filter them" disabled={!isNobody}>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden="true" />}
              data-disabled={isNobody}
              aria-disabled={isNobody}
              loading={exportCsv.isPending}
              onClick={() => {
                if (!isNobody && !exportCsv.isPending) exportCsv.mutate();
              }}
            >
              Export CSV
            </Button>
          </Tooltip>
        </Group>
      </Group>
      {exportCsv.isError && <ProblemNotice title="The leads were not exported" error={exportCsv.error} />}
      <AddToSegmentDialog
        opened={isAdding}
        leads={chosen}
        who={
          isAll
            ? `Everybody who matches the filter${total === undefined ? '' : `: ${formatLeads(total)}`}.`
            : `${formatLeads(selection.leadIds.length)} that you selected.`
        }
        onClose={(changed) => {
          adding.close();
          if (changed) selection.clear();
        }}
      />
    </>
  );
}

function selectionWords(selection: Selection, count: PreviewAnswer | undefined, { q, rules }: LeadFilter): string {
  if (!selection.isEmpty && !selection.isAll) return `${formatLeads(selection.leadIds.length)} selected`;
  const isCounted = q === '' && rules.length > 0;
  // An estimate is told once it says anything.
  const isKnown = count && (count.exact || (count.low ?? 0) > 0);
  const total = isKnown ? `${count.exact ? '' : 'about '}${formatLeads(count.total)}` : 'leads';
  if (selection.isAll) return isCounted ? `All ${total} selected` : 'All that match selected';
  if (!isCounted) return q === '' ? 'All leads' : 'Leads with that text';
  return isKnown ? `${total} ${count.total === 1 ? 'matches' : 'match'}` : 'Counting …';
}
