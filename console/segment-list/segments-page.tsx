import { Button, Select, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { useSegmentActs } from '../segments/segment-acts.tsx';
import { formatCount } from '../words/format.ts';
import { BulkChange } from './bulk-change.tsx';
import { CreateSegmentDialog } from './lazy-create-segment-dialog.ts';
import { ListPlaces } from './list-places.tsx';
import { SegmentCards } from './segment-cards.tsx';
import { SegmentFilters } from './segment-filters.tsx';
import classes from './segment-list.module.css';
import { useActivityOf, useSegmentList } from './segment-list-queries.ts';
import { isFiltered, type SegmentsSearch, usualSort } from './segments-search.ts';
import { SegmentsTable } from './segments-table.tsx';

/** Only those without a segment see them here. */
const TemplateCards = lazy(async () => ({ default: (await import('./template-cards.tsx')).TemplateCards }));

type Sort = NonNullable<SegmentsSearch['sort']>;

const noPages: never[] = [];

const sortChoices: { value: Sort; label: string }[] = [
  { value: 'name', label: 'Name' },
  { value: '-memberCount', label: 'Most members' },
  { value: 'memberCount', label: 'Fewest members' },
  { value: '-updatedAt', label: 'Updated last' },
  { value: '-createdAt', label: 'Newest' },
];

/** Every segment, to find, compare, open and act on. */
export function SegmentsPage() {
  const search = useSearch({ from: '/segments' });
  const navigate = useNavigate({ from: '/segments' });
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const list = useSegmentList(search);
  const pages = list.data?.pages ?? noPages;
  const activity = useActivityOf(pages);
  const acts = useSegmentActs();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [creation, setCreation] = useState<{ isOpen: boolean; template?: SegmentTemplate }>({ isOpen: false });

  const segments = useMemo(() => pages.flatMap((page) => page.segments), [pages]);
  const total = pages[0]?.total ?? 0;
  const sort = search.sort ?? usualSort;

  const change = (changed: { [Key in keyof SegmentsSearch]: SegmentsSearch[Key] | undefined }) => {
    const given = Object.entries({ ...search, ...changed }).filter(([, value]) => value !== undefined);
    void navigate({ search: Object.fromEntries(given), replace: true });
  };
  const onSort = (chosen: Sort) => change({ sort: chosen === usualSort ? undefined : chosen });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const rows = segments.map((segment) => ({
    segment,
    days: activity.get(segment.id),
    isSelected: selected.has(segment.id),
    onSelect: (isSelected: boolean) => {
      const changed = new Set(selected);
      if (isSelected) changed.add(segment.id);
      else changed.delete(segment.id);
      setSelected(changed);
    },
    acts,
  }));
  const shown = { rows, total, selected, onEnd };
  const create = (template?: SegmentTemplate) => setCreation({ isOpen: true, ...(template && { template }) });
  const isEmpty = list.data !== undefined && total === 0;

  return (
    <Page
      heading="Segments"
      above={<ListPlaces />}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => create()}>
          Create Segment
        </Button>
      }
    >
      {(!isEmpty || isFiltered(search)) && (
        <div className={classes.filters}>
          <SegmentFilters search={search} onChange={change} />
          {isPhone && (
            <Select
              aria-label="Sort by"
              allowDeselect={false}
              data={sortChoices}
              value={sort}
              onChange={(value) => onSort(sortChoices.find((one) => one.value === value)?.value ?? usualSort)}
            />
          )}
          <Text size="sm" c="dimmed" role="status">
            {list.data && !list.isPlaceholderData && (total === 1 ? '1 segment' : `${formatCount(total)} segments`)}
          </Text>
        </div>
      )}
      {list.isError && (
        <ProblemNotice
          title={list.data ? 'These figures may be old' : 'The segments could not be read'}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      <BulkChange segments={segments.filter(({ id }) => selected.has(id))} onClear={() => setSelected(new Set())} />
      {list.isPending && <Loading what="segments" lines={10} />}
      {isEmpty && isFiltered(search) && (
        <Empty title="No segment fits this search">
          <Button
            variant="default"
            onClick={() => change({ q: undefined, active: undefined, size: undefined, author: undefined })}
          >
            Show all
          </Button>
        </Empty>
      )}
      {isEmpty && !isFiltered(search) && (
        <>
          <Empty title="There are no segments yet">
            <Text>
              A segment is a group of leads that its rules keep up to date. Begin with a template, or from scratch.
            </Text>
          </Empty>
          <Suspense fallback={<Loading what="templates" />}>
            <TemplateCards onUse={create} />
          </Suspense>
        </>
      )}
      {segments.length > 0 &&
        (isPhone ? (
          <SegmentCards {...shown} />
        ) : (
          <SegmentsTable
            {...shown}
            sort={sort}
            onSort={onSort}
            isAllSelected={segments.every(({ id }) => selected.has(id))}
            onSelectAll={(isAll) => setSelected(new Set(isAll ? segments.map(({ id }) => id) : []))}
          />
        ))}
      {acts.dialogs}
      <CreateSegmentDialog {...creation} onClose={() => setCreation({ ...creation, isOpen: false })} />
    </Page>
  );
}
