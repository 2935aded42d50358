import { Button, Checkbox, Group, List, Modal, Paper, Progress, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { announce } from '../parts/announcer.tsx';
import { refreshSegment } from '../segments/segment-queries.ts';
import { formatCount } from '../words/format.ts';

const segmentsWords = (count: number) => (count === 1 ? '1 segment' : `${formatCount(count)} segments`);

interface Result {
  readonly id: string;
  readonly name: string;
  /** Why it was refused. */
  readonly problem?: string;
}

interface BulkChangeProps {
  readonly segments: readonly SegmentSummary[];
  readonly onClear: () => void;
}

/** What can be done with the selected segments; shows for each what became of it. */
export function BulkChange({ segments, onClear }: BulkChangeProps) {
  const [act, setAct] = useState<{ active: boolean; segments: readonly SegmentSummary[] }>();
  const [isOpen, setOpen] = useState(false);
  const start = (active: boolean) => {
    setAct({ active, segments: segments.filter((segment) => segment.active !== active) });
    setOpen(true);
  };
  const close = () => setOpen(false);
  return (
    <>
      {segments.length > 0 && (
        <Paper withBorder px="md" py="xs" role="toolbar" aria-label="Selected segments">
          <Group gap="sm">
            <Text size="sm" fw={600}>
              {segmentsWords(segments.length)} selected
            </Text>
            <Button size="xs" variant="default" onClick={() => start(true)}>
              Activate
            </Button>
            <Button size="xs" variant="default" onClick={() => start(false)}>
              Deactivate
            </Button>
            <Button size="xs" variant="subtle" onClick={onClear}>
              Clear selection
            </Button>
          </Group>
        </Paper>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title={act && `${act.active ? 'Activate' : 'Deactivate'} ${segmentsWords(act.segments.length)}?`}
      >
        {act && <Question {...act} onClose={close} />}
      </Modal>
    </>
  );
}

interface QuestionProps {
  readonly active: boolean;
  readonly segments: readonly SegmentSummary[];
  readonly onClose: () => void;
}

function Question({ active, segments, onClose }: QuestionProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [isSilent, setSilent] = useState(false);
  const [results, setResults] = useState<readonly Result[]>();
  const isRunning = results !== undefined && results.length < segments.length;
  const members = segments.reduce((sum, { memberCount }) => sum + memberCount, 0);
  const act = active ? 'Activate' : 'Deactivate';

  const run = async () => {
    const done: Result[] = [];
    setResults(done);
    // One after the other: each save needs what the one before left, where segments refer to each other.
    for (const { id, name, revision } of segments) {
      try {
        const query = { notify: String(!isSilent) };
        await api.call('PATCH /segments/{segmentId}', { parts: { segmentId: id }, body: { active }, revision, query });
        done.push({ id, name });
      } catch (error) {
        done.push({ id, name, problem: error instanceof Error ? error.message : String(error) });
      }
      setResults([...done]);
      refreshSegment(queryClient, id);
    }
    announce(`${segmentsWords(done.filter(({ problem }) => !problem).length)} ${act.toLowerCase()}d.`);
  };

  if (segments.length === 0) {
    return <Text>All selected segments are {active ? 'active' : 'inactive'} already.</Text>;
  }
  if (results) {
    const refused = results.filter(({ problem }) => problem !== undefined);
    return (
      <Stack>
        {isRunning && <Progress value={(results.length / segments.length) * 100} aria-label="Progress" />}
        <Text>
          {segmentsWords(results.length - refused.length)} {act.toLowerCase()}d
          {refused.length > 0 && `, ${formatCount(refused.length)} refused`}
          {isRunning && ` of ${formatCount(segments.length)}`}.
        </Text>
        <List>
          {refused.map(({ id, name, problem }) => (
            <List.Item key={id}>
              <Text fw={600} span>
                {name}
              </Text>
              : {problem}
            </List.Item>
          ))}
        </List>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text>
        {active
          ? 'All leads are evaluated for them: who matches enters, and that is published to the event bus.'
          : `They are not evaluated any more and show no members: ${formatCount(members)} are in them now. No exits are published.`}
      </Text>
      <List size="sm">
        {segments.slice(0, 8).map(({ id, name }) => (
          <List.Item key={id}>{name}</List.Item>
        ))}
        {segments.length > 8 && <List.Item>{formatCount(segments.length - 8)} more</List.Item>}
      </List>
      {active && (
        <Checkbox
          label="Without notifying the event bus"
          checked={isSilent}
          onChange={(event) => setSilent(event.currentTarget.checked)}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button color={active ? 'teal' : 'red'} onClick={() => void run()}>
          {act}
        </Button>
      </Group>
    </Stack>
  );
}
