import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useDebouncedAddress } from '../parts/debounced-address.ts';
import { Empty } from '../parts/notice.tsx';
import { sourceWords } from '../words/transition-words.ts';
import { AddLeadsDialog } from './add-leads-dialog.tsx';
import { LeadFinder } from './lead-picker.tsx';
import { ExportMenu, ExportState, useMembersExport } from './members-export.tsx';
import { MembersList } from './members-list.tsx';
import { type MembersSearch, sources } from './members-search.ts';
import { JobsOfSegment } from './recent-jobs.tsx';

const typingPauseMs = 300;

/** Who is in the segment, and who is kept out of it: to search, to add to, to change manually and to export. */
export function MembersPanel({ segment }: { segment: SegmentWithRules }) {
  const search = useSearch({ from: '/segments/$segmentId/members' });
  const navigate = useNavigate();
  const [text, setText] = useState(search.q ?? '');
  const [isAdding, adding] = useDisclosure();
  const membersExport = useMembersExport(segment);
  const show = (next: MembersSearch) =>
    void navigate({
      to: '/segments/$segmentId/members',
      params: { segmentId: segment.id },
      search: next,
      replace: true,
    });
  const write = useDebouncedAddress((q: string) => {
    const { q: _, ...others } = search;
    show({ ...others, ...(q && { q }) });
  }, typingPauseMs);

  if (!segment.active) {
    return (
      <Empty title="Nobody: the segment is inactive">
        <Text>Activate it, and everybody who matches the saved rules enters.</Text>
      </Empty>
    );
  }
  return (
    <Stack component="section" aria-label="Members" gap="md">
      <Group gap="sm" justify="space-between">
        <Group gap="sm">
          <TextInput
            type="search"
            aria-label="Search members"
            placeholder="Name, e-mail or id"
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              write(event.currentTarget.value.trim());
            }}
          />
          <Select
            aria-label="Which members"
            data={[
              { value: 'all', label: 'All members' },
              ...sources.map((source) => ({ value: source, label: sourceWords(source) })),
            ]}
            value={search.source ?? 'all'}
            allowDeselect={false}
            onChange={(value) => {
              const source = sources.find((one) => one === value);
              const { source: _, ...others } = search;
              show({ ...others, ...(source && { source }) });
            }}
            w={150}
          />
        </Group>
        <Group gap="xs">
          <ExportMenu membersExport={membersExport} />
          <Button leftSection={<IconUserPlus size={16} aria-hidden="true" />} onClick={adding.open}>
            Add leads
          </Button>
        </Group>
      </Group>
      <ExportState membersExport={membersExport} />
      <JobsOfSegment segment={segment} />
      <MembersList segment={segment} filter={{ q: search.q ?? '', source: search.source }} />
      <LeadFinder
        label="Why is a lead in it, or not?"
        onFind={(leadId) =>
          void navigate({ to: '/leads/$leadId/segments/$segmentId', params: { leadId, segmentId: segment.id } })
        }
      />
      <AddLeadsDialog opened={isAdding} segment={segment} onClose={adding.close} />
    </Stack>
  );
}
