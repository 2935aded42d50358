import { Button, Group, Radio, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import type { NewSegment } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys, useTemplates } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { NameProblem } from '../segments/name-problem.tsx';
import { useImpactQuestion } from '../segments/save-impact.tsx';
import classes from './segment-list.module.css';
import { TemplateText } from './template-text.tsx';

interface CreateSegmentDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What it begins with. */
  readonly template?: SegmentTemplate | undefined;
}

/** Makes a new segment, empty or with the rules of a template, and opens it. */
export function CreateSegmentDialog({ isOpen, onClose, template }: CreateSegmentDialogProps) {
  const [isDirty, setDirty] = useState(false);
  const close = () => {
    setDirty(false);
    onClose();
  };
  return (
    <FormDialog isOpen={isOpen} isDirty={isDirty} onClose={close} title="Create Segment" size="xl">
      {(cancel) => <CreateForm template={template} onTyped={() => setDirty(true)} onCancel={cancel} />}
    </FormDialog>
  );
}

interface CreateFormProps {
  readonly template: SegmentTemplate | undefined;
  readonly onTyped: () => void;
  readonly onCancel: () => void;
}

function CreateForm({ template: first, onTyped, onCancel }: CreateFormProps) {
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { ask } = useImpactQuestion();
  const [template, setTemplate] = useState(first);
  const [name, setName] = useState(first?.name ?? '');
  const [description, setDescription] = useState(first?.description ?? '');
  const [active, setActive] = useState(false);

  const create = useMutation({
    mutationFn: (body: NewSegment) =>
      ask({
        title: `Create “${name}” as active?`,
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
      void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: segment.id }, ignoreBlocker: true });
    },
  });

  const choose = (chosen: SegmentTemplate | undefined) => {
    // What one has typed stays; what a template has filled in changes with it.
    if (name === '' || name === template?.name) setName(chosen?.name ?? '');
    if (description === '' || description === template?.description) setDescription(chosen?.description ?? '');
    setTemplate(chosen);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const content = template && { match: template.match, rules: [...template.rules] };
        if (!create.isPending) create.mutate({ name, description, active, ...content });
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
            onTyped();
          }}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={description}
          onChange={(event) => {
            setDescription(event.currentTarget.value);
            onTyped();
          }}
        />
        <Switch
          label="Active"
          description="It starts to evaluate all leads as soon as it is saved."
          checked={active}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        <TemplateChoices template={template} onChoose={choose} />
        {create.isError && <NameProblem title="The segment was not created" error={create.error} name={name} />}
        <Group justify="flex-end" className={classes.foot}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const noRules = '';

interface TemplateChoicesProps {
  readonly template: SegmentTemplate | undefined;
  readonly onChoose: (template: SegmentTemplate | undefined) => void;
}

function TemplateChoices({ template, onChoose }: TemplateChoicesProps) {
  const { data, isError } = useTemplates();
  const templates = data?.templates ?? [];
  return (
    <Radio.Group
      label="Rules"
      value={template?.name ?? noRules}
      onChange={(name) => onChoose(templates.find((one) => one.name === name))}
      error={isError && 'The templates could not be read.'}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="xs" mt={6}>
        <Radio.Card value={noRules} className={classes.choice}>
          <Text fw={600}>No rules yet</Text>
          <Text size="sm" c="dimmed">
            Add them next, in the rule builder.
          </Text>
        </Radio.Card>
        {templates.map((one) => (
          <Radio.Card key={one.name} value={one.name} className={classes.choice}>
            <TemplateText template={one} />
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
