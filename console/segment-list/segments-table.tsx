import { Checkbox, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Moment } from '../parts/moment.tsx';
import { ShareBar, SizeBadge } from '../segments/size-advice.tsx';
import { authorWords } from '../words/author.ts';
import { formatCount } from '../words/format.ts';
import classes from './segment-list.module.css';
import { SegmentMenu } from './segment-menu.tsx';
import { type RowProps, SegmentCheckbox, SegmentName, SegmentSwitch } from './segment-parts.tsx';
import type { SortKey } from './segments-search.ts';
import { Sparkline } from './sparkline.tsx';
import { type ListProps, useVirtualList } from './virtual-list.ts';

interface SegmentsTableProps extends ListProps {
  readonly sort: SortKey | `-${SortKey}`;
  readonly onSort: (sort: SortKey | `-${SortKey}`) => void;
  readonly isAllSelected: boolean;
  readonly onSelectAll: (isSelected: boolean) => void;
}

/** The segments in a table of which only the rows in view are drawn. */
export function SegmentsTable({ sort, onSort, isAllSelected, onSelectAll, ...list }: SegmentsTableProps) {
  const { container, before, after, items, measure } = useVirtualList<HTMLTableSectionElement>(list, 68);
  const { rows, total, selected } = list;
  const sorting = { sort, onSort };
  return (
    <table className={classes.table} aria-label="Segments" aria-rowcount={total + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col" className={classes.select}>
            <Checkbox
              aria-label="Select all shown"
              checked={isAllSelected}
              indeterminate={!isAllSelected && selected.size > 0}
              onChange={(event) => onSelectAll(event.currentTarget.checked)}
            />
          </th>
          <SortableHead by="name" label="Segment" {...sorting} />
          <th scope="col" className={classes.active}>
            Active
          </th>
          <SortableHead by="memberCount" label="Members" className={classes.members} isDescendingFirst {...sorting} />
          <th scope="col" className={classes.share}>
            Share of all leads
          </th>
          <th scope="col" className={classes.days}>
            Last 14 days
          </th>
          <th scope="col" className={classes.used}>
            Used by
          </th>
          <SortableHead by="updatedAt" label="Updated" className={classes.updated} isDescendingFirst {...sorting} />
          <th scope="col" className={classes.more}>
            <VisuallyHidden>More</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody ref={container}>
        {before > 0 && <Space height={before} />}
        {items.map(({ index, row }) => (
          <tr
            key={row.segment.id}
            data-index={index}
            ref={measure}
            aria-rowindex={index + 2}
            data-selected={row.isSelected || undefined}
          >
            <Cells {...row} />
          </tr>
        ))}
        {after > 0 && <Space height={after} />}
      </tbody>
      {rows.length === 0 && <tbody />}
    </table>
  );
}

function Cells(row: RowProps) {
  const { segment, days, acts } = row;
  const { active, memberCount, share, size, usedBy, updatedAt, updatedBy } = segment;
  return (
    <>
      <td className={classes.select}>
        <SegmentCheckbox {...row} />
      </td>
      <th scope="row">
        <SegmentName segment={segment} />
      </th>
      <td className={classes.active}>
        <SegmentSwitch segment={segment} acts={acts} />
      </td>
      <td className={classes.members}>{active ? formatCount(memberCount) : '–'}</td>
      <td className={classes.share}>
        {active ? (
          <>
            <ShareBar share={share} size={size} />
            <SizeBadge size={size} />
          </>
        ) : (
          '–'
        )}
      </td>
      <td className={classes.days}>
        <Sparkline days={days} />
      </td>
      <td className={classes.used}>{usedBy === 0 ? '–' : formatCount(usedBy)}</td>
      <td className={classes.updated}>
        <Text size="sm" className={classes.words}>
          <Moment iso={updatedAt} />
        </Text>
        {updatedBy && (
          <Text size="sm" c="dimmed" truncate>
            {authorWords(updatedBy)}
          </Text>
        )}
      </td>
      <td className={classes.more}>
        <SegmentMenu segment={segment} acts={acts} />
      </td>
    </>
  );
}

/** In place of rows that are not in view. */
function Space({ height }: { height: number }) {
  return (
    <tr>
      <td colSpan={9} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

interface SortableHeadProps extends Pick<SegmentsTableProps, 'sort' | 'onSort'> {
  readonly by: SortKey;
  readonly label: string;
  readonly className?: string | undefined;
  /** Whether one wants the largest first. */
  readonly isDescendingFirst?: boolean;
}

function SortableHead({ by, label, className, isDescendingFirst = false, sort, onSort }: SortableHeadProps) {
  const [up, down] = [by, `-${by}`] as const;
  const first = isDescendingFirst ? down : up;
  const isDescending = sort === down;
  const isSorted = isDescending || sort === up;
  const next = sort === first ? (isDescendingFirst ? up : down) : first;
  const Arrow = isDescending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      className={className}
      aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
    >
      <UnstyledButton className={classes.sort} onClick={() => onSort(next)}>
        {label}
        <Arrow size={14} aria-hidden="true" data-shown={isSorted || undefined} />
      </UnstyledButton>
    </th>
  );
}
