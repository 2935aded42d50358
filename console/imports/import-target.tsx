import { Checkbox, Select, Stack, Text, Title } from '@mantine/core';
import type { Import, ImportTarget } from '../api/answers.ts';
import { useSegments } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';
import { ProblemsAt } from './mapping-problems.tsx';

interface ImportTargetFieldsProps {
  target: ImportTarget | undefined;
  onChange: (target: ImportTarget | undefined) => void;
}

/** The segment that all leads of the file are added to, if any, and how. */
export function ImportTargetFields({ target, onChange }: ImportTargetFieldsProps) {
  const segments = useSegments({ isLive: false });
  const active = segments.data?.filter((segment) => segment.active) ?? [];
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={3}>Add to Segment</Title>
      <Select
        aria-label="Segment to add all leads to"
        searchable
        nothingFoundMessage="No active segment is called that"
        w={320}
        maw="100%"
        data={[{ value: '', label: 'None' }, ...active.map(({ id, name }) => ({ value: id, label: name }))]}
        value={target?.segmentId ?? ''}
        onChange={(segmentId) => onChange(segmentId ? { ...target, segmentId } : undefined)}
      />
      {segments.isError && <ProblemNotice title="The segments could not be read" error={segments.error} />}
      {target && (
        <>
          <Checkbox
            label="Pin them: they stay in, whatever the rules say"
            checked={target.action === 'pin'}
            onChange={({ target: { checked } }) => onChange({ ...target, action: checked ? 'pin' : 'add' })}
          />
          <Checkbox
            label="Replace who was added or pinned before: those who are not in the file are left to the rules"
            checked={target.replace ?? false}
            onChange={({ target: { checked } }) => onChange({ ...target, replace: checked })}
          />
        </>
      )}
      <ProblemsAt pointer="/segment" />
    </Stack>
  );
}

/** What became of the leads of an import in the segment that they are added to. */
export function ImportTargetState({ target }: { target: NonNullable<Import['segment']> }) {
  const { segmentId, action, replace, done, unchanged, failed, lifted } = target;
  const name = useSegments({ isLive: false }).data?.find(({ id }) => id === segmentId)?.name ?? segmentId;
  const told = [
    `${formatLeads(done)} ${action === 'pin' ? 'pinned' : 'added'}`,
    ...(unchanged > 0 ? [`${formatCount(unchanged)} in it already`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} could not be`] : []),
    ...(replace ? [`${formatCount(lifted)} others left to the rules`] : []),
  ];
  return (
    <Card
      title="Segment"
      actions={
        <TextLink to="/segments/$segmentId/members" params={{ segmentId }}>
          {name}
        </TextLink>
      }
    >
      <Text>{`${told.join(', ')}.`}</Text>
    </Card>
  );
}
