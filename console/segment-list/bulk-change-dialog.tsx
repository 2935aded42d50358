import { Button, Checkbox, Group, List, Modal, Progress, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { movesOf } from '../drafts/impact-threshold.ts';
import { announce } from '../parts/announcer.tsx';
import { inTurn } from '../parts/in-turn.ts';
import { MovesText } from '../saving/impact-choice.tsx';
import { refreshSegment } from '../segments/segment-queries.ts';
import { formatCount, formatSegments } from '../words/format.ts';

interface BulkAct {
  readonly active: boolean;
  readonly segments: readonly SegmentSummary[];
}

interface BulkChangeDialogProps {
  /** None before the first one is asked for. */
  readonly act: BulkAct | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

interface Result {
  readonly id: string;
  readonly name: string;
  /** Why it was refused. */
  readonly problem?: string;
}

/** So many of the segments are named, and who would enter them counted. */
const shown = 8;

/** Asks before many segments are activated or deactivated, and shows for each what became of it. */
export function BulkChangeDialog({ act, isOpen, onClose }: BulkChangeDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={act && `${act.active ? 'Activate' : 'Deactivate'} ${formatSegments(act.segments.length)}?`}
    >
      {act && <Question {...act} onClose={onClose} />}
    </Modal>
  );
}

function Question({ active, segments, onClose }: BulkAct & { readonly onClose: () => void }) {
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
    announce(`${formatSegments(done.filter(({ problem }) => !problem).length)} ${act.toLowerCase()}d.`);
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
          {formatSegments(results.length - refused.length)} {act.toLowerCase()}d
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
        {segments.slice(0, shown).map((segment) => (
          <List.Item key={segment.id}>
            {segment.name}
            {active && <Entering segment={segment} />}
          </List.Item>
        ))}
        {segments.length > shown && <List.Item>{formatCount(segments.length - shown)} more</List.Item>}
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

/** Who would enter and leave if a segment were activated, once that is counted. */
function Entering({ segment: { id, revision } }: { segment: SegmentSummary }) {
  const api = useApi();
  const { data, isError } = useQuery({
    queryKey: ['activation', id, revision],
    queryFn: ({ signal }) =>
      inTurn(signal, () =>
        api.tryOut('PATCH /segments/{segmentId}', {
          parts: { segmentId: id },
          body: { active: true },
          revision,
          signal,
        }),
      ),
    retry: false,
    gcTime: 0,
  });
  if (isError) return <>: it cannot be said who would enter</>;
  if (!data) return <>: counting …</>;
  return (
    <>
      : {data.exact ? '' : 'at least '}
      <MovesText moves={movesOf(data).own} />
    </>
  );
}
