import { MultiSelect } from '@mantine/core';
import { useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import { useFoundSegments, useSegmentsOfIds } from './overlap-queries.ts';

interface SegmentPickerProps {
  readonly label: string;
  readonly ids: readonly string[];
  readonly most: number;
  /** Not offered: it is compared anyway. */
  readonly without?: string | undefined;
  readonly onChange: (ids: string[]) => void;
}

/** Chooses active segments by a part of their name. */
export function SegmentPicker({ label, ids, most, without, onChange }: SegmentPickerProps) {
  const [search, setSearch] = useState('');
  // Until the API has searched, no key may choose a segment that does not have what was typed.
  const found = (useFoundSegments(search).data ?? []).filter(({ name }) => fold(name).includes(fold(search)));
  const chosen = useSegmentsOfIds(ids).data ?? [];
  const offered = new Map([...chosen, ...found].map(({ id, name }) => [id, name]));
  if (without !== undefined) offered.delete(without);
  return (
    <MultiSelect
      label={label}
      placeholder={ids.length < most ? 'Add a segment' : ''}
      searchable
      hidePickedOptions
      clearable
      clearButtonProps={{ 'aria-label': 'Remove all' }}
      maxValues={most}
      maw={720}
      data={[...offered].map(([value, name]) => ({ value, label: name }))}
      // The API has searched already.
      filter={({ options }) => options}
      nothingFoundMessage="No active segment has this in its name"
      searchValue={search}
      onSearchChange={setSearch}
      value={ids.filter((id) => offered.has(id))}
      onChange={onChange}
    />
  );
}
