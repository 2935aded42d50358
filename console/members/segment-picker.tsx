import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';

/** A segment as it is chosen. */
export type PickedSegment = Pick<SegmentSummary, 'id' | 'name'>;

interface SegmentPickerProps {
  readonly label: string;
  readonly description?: string;
  readonly value: PickedSegment | undefined;
  readonly onChange: (segment: PickedSegment | undefined) => void;
  /** Segments that are not offered. */
  readonly except?: readonly string[];
  readonly error?: string | undefined;
}

/** Chooses one of the active segments, found by a part of its name. */
export function SegmentPicker({ label, description, value, onChange, except = [], error }: SegmentPickerProps) {
  const api = useApi();
  const [typed, setTyped] = useState('');
  const text = typed === value?.name ? '' : typed.trim();
  const [q] = useDebouncedValue(text, 200);
  const found = useQuery({
    queryKey: ['segments-named', q],
    queryFn: ({ signal }) =>
      api.call('GET /segments', { query: { active: 'true', sort: 'name', limit: 50, q: q || undefined }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  // Until the API has searched, no key may choose a segment that does not have what was typed.
  const offered = (found.data?.segments ?? []).filter(
    ({ id, name }) => !except.includes(id) && fold(name).includes(fold(text)),
  );
  const isKept = value && !offered.some(({ id }) => id === value.id);
  const segments: readonly PickedSegment[] = isKept ? [value, ...offered] : offered;
  return (
    <Select
      label={label}
      description={description}
      placeholder="Search segments"
      searchable
      clearable
      data={segments.map(({ id, name }) => ({ value: id, label: name }))}
      // The API has searched.
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching || q !== text ? 'Searching …' : 'No active segment has that in its name'}
      value={value?.id ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => onChange(segments.find((segment) => segment.id === id))}
      error={error ?? (found.isError ? found.error.message : undefined)}
      comboboxProps={{ withinPortal: true }}
      clearButtonProps={{ 'aria-label': `Clear: ${label}` }}
    />
  );
}
