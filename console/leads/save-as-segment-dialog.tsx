import { Button, Group, Modal, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { InWords } from '../rules/in-words.tsx';

interface SaveAsSegmentDialogProps {
  readonly opened: boolean;
  readonly rules: SegmentRules;
  readonly onClose: () => void;
}

/** Makes a segment of the rules of a filter, and opens it. */
export function SaveAsSegmentDialog({ opened, rules, onClose }: SaveAsSegmentDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Save as segment">
      <SegmentForm rules={rules} onClose={onClose} />
    </Modal>
  );
}

function SegmentForm({ rules, onClose }: Omit<SaveAsSegmentDialogProps, 'opened'>) {
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [active, setActive] = useState(true);
  const create = useMutation({
    mutationFn: () => api.call('POST /segments', { body: { name, description, active, ...rules } }),
    onSuccess: (segment) => {
      queryClient.setQueryData(keys.segment(segment.id), segment);
      void queryClient.invalidateQueries({ queryKey: keys.segments });
      announce(`Segment ${segment.name} created`);
      void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: segment.id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) create.mutate();
      }}
    >
      <Stack gap="md">
        <InWords rules={rules} />
        <TextInput
          label="Name"
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Switch
          label="Active"
          description="Its members are kept up to date from now on"
          checked={active}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        {create.isError && <ProblemNotice title="The segment was not created" error={create.error} />}
        <Text size="sm" c="dimmed">
          The leads stay in the segment as long as they match its rules.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create Segment
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
