import { Button, Stack, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { NewSegment, SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { FormFoot } from '../parts/form-foot.tsx';
import { NameProblem } from './name-problem.tsx';
import { useImpactQuestion } from './save-impact.tsx';
import { type SegmentFields, SegmentFieldsInputs } from './segment-fields.tsx';

/** A new segment, as far as its form says. */
export interface NewFields extends SegmentFields {
  readonly active: boolean;
}

interface CreateFormProps {
  readonly fields: NewFields;
  readonly onChange: (fields: NewFields) => void;
  readonly onCancel: () => void;
  /** Its rules, if it has some already. */
  readonly content?: Pick<NewSegment, 'match' | 'rules'> | undefined;
  /** What the form shows or asks about its rules. */
  readonly children: ReactNode;
}

/** Makes a new segment, and opens it: in Create Segment, and wherever rules can become one. */
export function CreateForm({ fields, onChange, onCancel, content, children }: CreateFormProps) {
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { ask } = useImpactQuestion();
  const create = useMutation({
    mutationFn: (body: NewSegment) =>
      ask({
        title: `Create “${fields.name}” as active?`,
        confirmLabel: 'Create and activate',
        members: 0,
        dryRun: () => api.tryOut('POST /segments', { body }),
        save: ({ notify }) => api.call('POST /segments', { body, query: { notify: String(notify) } }),
      }),
    onSuccess: (segment) => {
      if (!segment) return;
      queryClient.setQueryData(keys.segment(segment.id), segment);
      void queryClient.invalidateQueries({ queryKey: keys.segments });
      announce(`${segment.name} is created.`);
    },
  });
  // `mutate` does not call this once the form is gone: who has left meanwhile is not taken back.
  const open = (segment: SegmentWithRules | undefined) => {
    if (!segment) return;
    void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: segment.id }, ignoreBlocker: true });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) create.mutate({ ...fields, ...content }, { onSuccess: open });
      }}
    >
      <Stack>
        <SegmentFieldsInputs fields={fields} onChange={(changed) => onChange({ ...fields, ...changed })} />
        <Switch
          label="Active"
          description="It starts to evaluate all leads as soon as it is saved."
          checked={fields.active}
          onChange={({ currentTarget }) => onChange({ ...fields, active: currentTarget.checked })}
        />
        {children}
        <FormFoot
          onCancel={onCancel}
          problem={
            create.isError && (
              <NameProblem title="The segment was not created" error={create.error} name={fields.name} />
            )
          }
        >
          <Button type="submit" loading={create.isPending}>
            Save
          </Button>
        </FormFoot>
      </Stack>
    </form>
  );
}
