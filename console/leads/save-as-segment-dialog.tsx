import { Text } from '@mantine/core';
import { useState } from 'react';
import type { SegmentRules } from '../api/answers.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import { InWords } from '../rules/in-words.tsx';
import { CreateForm } from '../saving/create-form.tsx';

interface SaveAsSegmentDialogProps {
  readonly isOpen: boolean;
  readonly rules: SegmentRules;
  readonly onClose: () => void;
}

const empty = { name: '', description: '', active: true };

/** Makes a segment of the rules of a filter, and opens it. */
export function SaveAsSegmentDialog({ isOpen, rules, onClose }: SaveAsSegmentDialogProps) {
  const [fields, setFields] = useState(empty);
  const close = () => {
    setFields(empty);
    onClose();
  };
  const isDirty = fields.name !== '' || fields.description !== '';
  return (
    <FormDialog isOpen={isOpen} isDirty={isDirty} onClose={close} title="Save as segment" size="lg">
      {(cancel) => (
        <CreateForm fields={fields} onChange={setFields} onCancel={cancel} content={rules}>
          <InWords rules={rules} />
          <Text size="sm" c="dimmed">
            The leads stay in the segment as long as they match its rules.
          </Text>
        </CreateForm>
      )}
    </FormDialog>
  );
}
