import { Paper } from '@mantine/core';
import { MoreRows } from '../members/more-rows.tsx';
import { useSelection } from '../members/selection.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import type { LeadColumn } from './lead-columns.ts';
import { type LeadFilter, useLeadCount, useLeadList } from './lead-queries.ts';
import { LeadsTable } from './leads-table.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** The leads that a filter finds, and what can be done about them. */
export function LeadsResult({ filter, columns }: { filter: LeadFilter; columns: readonly LeadColumn[] }) {
  const list = useLeadList(filter);
  const count = useLeadCount(filter);
  const leads = list.data?.pages.flatMap(({ rows }) => rows) ?? [];
  const selection = useSelection(
    JSON.stringify(filter),
    leads.map(({ leadId }) => leadId),
  );
  if (list.isPending) return <Loading what="leads" lines={8} />;
  if (!list.data) {
    return <ProblemNotice title="The leads could not be read" error={list.error} onRetry={() => void list.refetch()} />;
  }
  const isFiltered = filter.q !== '' || filter.rules.length > 0;
  const isNobody = leads.length === 0 && !list.hasNextPage;
  return (
    <>
      {list.isError && (
        <ProblemNotice title="What you see may be old" error={list.error} onRetry={() => void list.refetch()} />
      )}
      <Paper withBorder aria-busy={list.isPlaceholderData}>
        <SelectionBar filter={filter} count={count} leads={leads} columns={columns} selection={selection} />
        {isNobody ? (
          <Nobody isFiltered={isFiltered} />
        ) : (
          <LeadsTable leads={leads} columns={columns} selection={selection} />
        )}
        <MoreRows list={list} shown={leads.length} pages={list.data.pages.length}>
          {leads.length > 0 && `${formatCount(leads.length)} shown`}
        </MoreRows>
      </Paper>
    </>
  );
}

function Nobody({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered)
    return <Empty title="There are no leads yet">A lead exists once its first change has come in.</Empty>;
  return <Empty title="Nobody matches">No lead has that text and matches all of the filter.</Empty>;
}
