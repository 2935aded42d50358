import { useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import type { SegmentSummary } from '../api/answers.ts';
import { isRecalculating } from '../api/live.ts';
import { useSegments } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { PageFrame, PageHeading, usePageTitle } from '../parts/page.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount } from '../words/format.ts';
import { CreateSegmentDialog } from './create-segment-dialog.tsx';
import { RecalculationState } from './recalculation-state.tsx';
import { ShareBar, SizeBadge } from './size-advice.tsx';

const columns = {
  name: { label: 'Segment', isAscending: true, compare: (a, b) => a.name.localeCompare(b.name) },
  active: { label: 'State', isAscending: false, compare: (a, b) => Number(b.active) - Number(a.active) },
  members: { label: 'Members', isAscending: false, compare: (a, b) => b.memberCount - a.memberCount },
  updated: { label: 'Updated', isAscending: false, compare: (a, b) => b.updatedAt.localeCompare(a.updatedAt) },
} satisfies Record<
  string,
  { label: string; isAscending: boolean; compare: (a: SegmentSummary, b: SegmentSummary) => number }
>;

type Column = keyof typeof columns;

/** Every segment in a table, to search, sort and open. */
export function SegmentsPage() {
  usePageTitle('Segments');
  const segments = useSegments();
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<{ column: Column; isReversed: boolean }>({ column: 'name', isReversed: false });
  const [isCreating, setCreating] = useState(false);

  const wanted = fold(search);
  const found = (segments.data ?? [])
    .filter(({ name, description }) => fold(`${name} ${description}`).includes(wanted))
    .sort((a, b) => columns[sort.column].compare(a, b) * (sort.isReversed ? -1 : 1) || columns.name.compare(a, b));

  return (
    <PageFrame>
      <div className="page-head">
        <PageHeading>Segments</PageHeading>
        <input
          type="search"
          className="search"
          aria-label="Search segments"
          placeholder="Search segments"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <button type="button" className="primary" onClick={() => setCreating(true)}>
          New segment
        </button>
      </div>
      {segments.isError && (
        <ProblemNotice
          title={segments.data ? 'These figures may be old' : 'The segments could not be read'}
          error={segments.error}
          onRetry={() => void segments.refetch()}
        />
      )}
      {segments.isPending && <Loading what="segments" />}
      {segments.data?.length === 0 && (
        <Empty title="There are no segments yet">
          <p>A segment is a group of leads that rules keep up to date. Start from scratch or from a template.</p>
          <button type="button" className="primary" onClick={() => setCreating(true)}>
            Create the first segment
          </button>
        </Empty>
      )}
      {segments.data && segments.data.length > 0 && found.length === 0 && (
        <Empty title={`No segment has “${search}” in its name or description`}>
          <button type="button" onClick={() => setSearch('')}>
            Show all
          </button>
        </Empty>
      )}
      {found.length > 0 && (
        <div className="card table-scroll">
          <table className="segments">
            <caption className="visually-hidden">Segments</caption>
            <thead>
              <tr>
                {(['name', 'active', 'members'] as const).map((column) => (
                  <SortableHead key={column} column={column} sort={sort} onSort={setSort} />
                ))}
                <th scope="col" className="wide-only">
                  Share of all leads
                </th>
                <th scope="col">Size</th>
                <SortableHead column="updated" sort={sort} onSort={setSort} />
              </tr>
            </thead>
            <tbody>
              {found.map((segment) => (
                <SegmentRow key={segment.id} segment={segment} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isCreating && <CreateSegmentDialog onClose={() => setCreating(false)} />}
    </PageFrame>
  );
}

interface SortableHeadProps {
  column: Column;
  sort: { column: Column; isReversed: boolean };
  onSort: (sort: { column: Column; isReversed: boolean }) => void;
}

const headClasses: Partial<Record<Column, string>> = { members: 'number', updated: 'wide-only' };

function SortableHead({ column, sort, onSort }: SortableHeadProps) {
  const isSorted = sort.column === column;
  const direction = columns[column].isAscending !== sort.isReversed ? 'ascending' : 'descending';
  return (
    <th scope="col" aria-sort={isSorted ? direction : undefined} className={headClasses[column]}>
      <button
        type="button"
        className="sort"
        onClick={() => onSort({ column, isReversed: isSorted && !sort.isReversed })}
      >
        {columns[column].label}
      </button>
    </th>
  );
}

function SegmentRow({ segment }: { segment: SegmentSummary }) {
  const { id, name, description, active, memberCount, share, size, recalculation, updatedAt } = segment;
  return (
    <tr>
      <th scope="row">
        <a href={hrefs.segment(id)}>{name}</a>
        {description && <span className="row-detail">{description}</span>}
        {isRecalculating(recalculation) && <RecalculationState progress={recalculation} />}
        {recalculation?.state === 'failed' && <RecalculationState progress={recalculation} />}
      </th>
      <td>
        <span className={`state ${active ? 'is-active' : ''}`}>{active ? 'Active' : 'Inactive'}</span>
      </td>
      <td className="number figure">{active ? formatCount(memberCount) : '–'}</td>
      <td className="wide-only">{active ? <ShareBar share={share} size={size} /> : '–'}</td>
      <td>{active ? <SizeBadge size={size} /> : '–'}</td>
      <td className="muted wide-only">
        <Moment iso={updatedAt} />
      </td>
    </tr>
  );
}
