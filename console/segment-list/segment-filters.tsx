import { CloseButton, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useDebouncedAddress } from '../parts/debounced-address.ts';
import { sizeName } from '../segments/size-advice.tsx';
import { authorWords } from '../words/author.ts';
import { useAuthors } from './segment-list-queries.ts';
import { type SegmentsSearch, sizes } from './segments-search.ts';

interface SegmentFiltersProps {
  readonly search: SegmentsSearch;
  readonly onChange: (changed: { [Key in keyof SegmentsSearch]: SegmentsSearch[Key] | undefined }) => void;
}

const states = [
  { value: 'true', label: 'Active' },
  { value: 'false', label: 'Inactive' },
];
const sizeChoices = sizes.map((size) => ({ value: size, label: sizeName(size) }));

/** Search and filters of the list; what they say stands in the address. */
export function SegmentFilters({ search: { q = '', active, size, author }, onChange }: SegmentFiltersProps) {
  const [isChoosingAuthor, setChoosingAuthor] = useState(false);
  const authors = useAuthors(isChoosingAuthor);
  const known = author === undefined || authors.includes(author) ? authors : [author, ...authors];
  return (
    <>
      <SearchField q={q} onChange={(text) => onChange({ q: text || undefined })} />
      <Select
        aria-label="Status"
        placeholder="Any status"
        clearable
        clearButtonProps={{ 'aria-label': 'Any status' }}
        data={states}
        value={active === undefined ? null : String(active)}
        onChange={(value) => onChange({ active: value === null ? undefined : value === 'true' })}
      />
      <Select
        aria-label="Size"
        placeholder="Any size"
        clearable
        clearButtonProps={{ 'aria-label': 'Any size' }}
        data={sizeChoices}
        value={size ?? null}
        onChange={(value) => onChange({ size: sizes.find((one) => one === value) })}
      />
      <Select
        aria-label="Author"
        placeholder="Any author"
        clearable
        searchable
        clearButtonProps={{ 'aria-label': 'Any author' }}
        nothingFoundMessage="Nobody of that name"
        data={known.map((one) => ({ value: one, label: authorWords(one) }))}
        value={author ?? null}
        onDropdownOpen={() => setChoosingAuthor(true)}
        onChange={(value) => onChange({ author: value ?? undefined })}
      />
    </>
  );
}

function SearchField({ q, onChange }: { q: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(q);
  const search = useDebouncedAddress(onChange, 250);
  // Back, and "Clear", change the address and not what was typed.
  useEffect(() => setText(q), [q]);
  const change = (typed: string) => {
    setText(typed);
    search(typed);
  };
  return (
    <TextInput
      type="search"
      aria-label="Search segments"
      placeholder="Search name or description"
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear search" onClick={() => change('')} />}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
