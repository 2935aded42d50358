import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { announce } from '../parts/announcer.tsx';
import { FormFoot } from '../parts/form-foot.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { DependantList } from './dependant-list.tsx';
import { blockersOf, refreshSegment, useDependants } from './segment-queries.ts';

interface DeleteSegmentDialogProps {
  /** None before the first one is to be deleted. */
  readonly segment: Pick<SegmentSummary, 'id' | 'name' | 'memberCount' | 'revision'> | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: (() => void) | undefined;
}

/** Tells who needs a segment before it is deleted; one with members only goes once its name is typed. */
export function DeleteSegmentDialog({ segment, isOpen, onClose, onDeleted }: DeleteSegmentDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Delete “${segment?.name}”?`} styles={{ title: wrapped }}>
      {segment && <DeletionQuestion segment={segment} onClose={onClose} onDeleted={onDeleted} />}
    </Modal>
  );
}

const wrapped = { overflowWrap: 'anywhere' } as const;

interface DeletionQuestionProps extends Pick<DeleteSegmentDialogProps, 'onClose' | 'onDeleted'> {
  readonly segment: NonNullable<DeleteSegmentDialogProps['segment']>;
}

function DeletionQuestion({ segment, onClose, onDeleted }: DeletionQuestionProps) {
  const { id, name, memberCount, revision } = segment;
  const api = useApi();
  const queryClient = useQueryClient();
  const dependants = useDependants(id);
  const [typed, setTyped] = useState('');
  const [isRefused, setRefused] = useState(false);
  const remove = useMutation({
    mutationFn: () => api.call('DELETE /segments/{segmentId}', { parts: { segmentId: id }, revision }),
    onSuccess: () => {
      announce(`${name} is deleted.`);
      onClose();
      onDeleted?.();
      refreshSegment(queryClient, id);
    },
  });

  if (dependants.isPending) return <Loading what="what uses this segment" lines={2} />;
  const known = dependants.data ?? [];
  const blockers = blockersOf(known);
  if (blockers.length > 0) {
    return (
      <Stack>
        <Text>Active segments use it in their rules. Change or deactivate them first:</Text>
        <DependantList dependants={blockers} />
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    );
  }
  const mustType = memberCount > 0;
  const isTyped = typed.trim() === name.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (mustType && !isTyped) setRefused(true);
        else if (!remove.isPending) remove.mutate();
      }}
    >
      <Stack>
        <Text>
          Its rules are gone for good. {mustType && `Its ${formatCount(memberCount)} members`}
          {mustType ? ' stay as leads, and no exits are published.' : 'Leads stay.'}
        </Text>
        {known.length > 0 && (
          <div>
            <Text>Inactive segments use it in their rules, and cannot be activated like that any more:</Text>
            <DependantList dependants={known} />
          </div>
        )}
        {mustType && (
          <TextInput
            label={`Type “${name}” to confirm`}
            styles={{ label: wrapped }}
            data-autofocus
            value={typed}
            error={isRefused && !isTyped && 'This is not the name of the segment.'}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {dependants.isError && (
          <ProblemNotice
            title="What uses this segment could not be read"
            error={dependants.error}
            onRetry={() => void dependants.refetch()}
          />
        )}
        <FormFoot
          onCancel={onClose}
          problem={remove.isError && <ProblemNotice title="The segment was not deleted" error={remove.error} />}
        >
          <Button type="submit" color="red" loading={remove.isPending}>
            Delete segment
          </Button>
        </FormFoot>
      </Stack>
    </form>
  );
}
