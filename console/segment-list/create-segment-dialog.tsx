import { Radio, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import type { SegmentTemplate } from '../../shared/segment/template.ts';
import { useTemplates } from '../api/queries.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import { CreateForm, type NewFields } from '../saving/create-form.tsx';
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
      {(cancel) => <FormWithTemplates template={template} onTyped={() => setDirty(true)} onCancel={cancel} />}
    </FormDialog>
  );
}

interface FormProps {
  readonly template: SegmentTemplate | undefined;
  readonly onTyped: () => void;
  readonly onCancel: () => void;
}

function FormWithTemplates({ template: first, onTyped, onCancel }: FormProps) {
  const [template, setTemplate] = useState(first);
  const [fields, setFields] = useState<NewFields>({
    name: first?.name ?? '',
    description: first?.description ?? '',
    active: false,
  });
  const choose = (chosen: SegmentTemplate | undefined) => {
    // What one has typed stays; what a template has filled in changes with it.
    const follow = (key: 'name' | 'description') =>
      fields[key] === '' || fields[key] === template?.[key] ? (chosen?.[key] ?? '') : fields[key];
    setFields({ ...fields, name: follow('name'), description: follow('description') });
    setTemplate(chosen);
  };
  return (
    <CreateForm
      fields={fields}
      onChange={(changed) => {
        setFields(changed);
        if (changed.active === fields.active) onTyped();
      }}
      onCancel={onCancel}
      content={template && { match: template.match, rules: [...template.rules] }}
    >
      <TemplateChoices template={template} onChoose={choose} />
    </CreateForm>
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
