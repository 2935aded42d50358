import { Textarea, TextInput } from '@mantine/core';

/** What a person calls a segment. */
export interface SegmentFields {
  readonly name: string;
  readonly description: string;
}

interface SegmentFieldsInputsProps {
  readonly fields: SegmentFields;
  readonly onChange: (fields: SegmentFields) => void;
}

/** The name and the description of a segment, to type. */
export function SegmentFieldsInputs({ fields, onChange }: SegmentFieldsInputsProps) {
  return (
    <>
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={200}
        value={fields.name}
        onChange={({ currentTarget }) => onChange({ ...fields, name: currentTarget.value })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={10}
        maxLength={2_000}
        value={fields.description}
        onChange={({ currentTarget }) => onChange({ ...fields, description: currentTarget.value })}
      />
    </>
  );
}
