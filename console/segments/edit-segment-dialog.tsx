import { Button, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { FormFoot } from '../parts/form-foot.tsx';
import { NameProblem } from '../saving/name-problem.tsx';
import { type SegmentFields, SegmentFieldsInputs } from '../saving/segment-fields.tsx';
import { refreshSegment } from './segment-queries.ts';

interface EditSegmentDialogProps {
  readonly segment: SegmentWithRules;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Changes the name and the description of a segment. */
export function EditSegmentDialog({ segment, isOpen, onClose }: EditSegmentDialogProps) {
  const [isDirty, setDirty] = useState(false);
  const close = () => {
    setDirty(false);
    onClose();
  };
  return (
    <FormDialog isOpen={isOpen} isDirty={isDirty} onClose={close} title="Name and description" size="lg">
      {(cancel) => <EditForm segment={segment} onDirty={setDirty} onSaved={close} onCancel={cancel} />}
    </FormDialog>
  );
}

interface EditFormProps {
  readonly segment: SegmentWithRules;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

function EditForm({ segment, onDirty, onSaved, onCancel }: EditFormProps) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [first] = useState(segment);
  const [fields, setFields] = useState<SegmentFields>({ name: first.name, description: first.description });
  const change = useMutation({
    mutationFn: () => api.changeSegment(first.id, first.revision, fields),
    onSuccess: (saved) => {
      queryClient.setQueryData(keys.segment(saved.id), saved);
      refreshSegment(queryClient, saved.id);
      announce('Name and description are saved.');
      onSaved();
    },
  });
  const type = (typed: SegmentFields) => {
    setFields(typed);
    onDirty(typed.name !== first.name || typed.description !== first.description);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) change.mutate();
      }}
    >
      <Stack>
        <SegmentFieldsInputs fields={fields} onChange={type} />
        <FormFoot
          onCancel={onCancel}
          problem={
            change.isError && (
              <NameProblem title="The segment was not changed" error={change.error} name={fields.name} />
            )
          }
        >
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </FormFoot>
      </Stack>
    </form>
  );
}
