import { Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { ProblemsAt, useIsWrong } from './mapping-problems.tsx';

interface MappingSettingsProps {
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

/** What all rows have in common: attributes, as of when they are, and how ids are made. */
export function MappingSettings({ mapping, onChange }: MappingSettingsProps) {
  const { constants, slugIds, exactIds } = mapping;
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={3}>All rows</Title>
      {constants.map((constant, index) => (
        <ConstantFields
          // biome-ignore lint/suspicious/noArrayIndexKey: both of its texts are being typed
          key={index}
          constant={constant}
          pointer={`/constants/${index}`}
          onChange={(next) => onChange({ ...mapping, constants: constants.with(index, next) })}
          onRemove={() => onChange({ ...mapping, constants: constants.toSpliced(index, 1) })}
        />
      ))}
      <Button
        variant="default"
        size="xs"
        onClick={() => onChange({ ...mapping, constants: [...constants, { attribute: '', value: '' }] })}
      >
        + Attribute for all rows
      </Button>
      <AsOf mapping={mapping} onChange={onChange} />
      <ProblemsAt pointer="/occurredAt" />
      <Checkbox
        label="Make ids of names of companies: “Acme Corporation” is the account acme-corporation"
        checked={slugIds}
        onChange={({ target }) => onChange({ ...mapping, slugIds: target.checked })}
      />
      {mapping.kind === 'leads' && (
        <Checkbox
          label="Make ids of what cannot be the id of a lead, such as names and addresses of profiles"
          checked={mapping.slugLeadIds ?? false}
          onChange={({ target }) => onChange({ ...mapping, slugLeadIds: target.checked })}
        />
      )}
      <Checkbox
        label="Keep mail addresses as they are written, not in lower case"
        checked={exactIds}
        onChange={({ target }) => onChange({ ...mapping, exactIds: target.checked })}
      />
    </Stack>
  );
}

const isDay = (text: string) => /^(\d{4}-\d{2}-\d{2})?$/.test(text);

/** As of when the rows are: a column says it, one day for all, or the start of the import. */
function AsOf({ mapping, onChange }: MappingSettingsProps) {
  const { occurredAt, ...fromTheStart } = mapping;
  if (occurredAt && 'column' in occurredAt) return <Text c="dimmed">{`Rows are as of “${occurredAt.column}”.`}</Text>;
  const moment = occurredAt?.moment ?? '';
  return (
    <TextInput
      label="Rows are as of"
      description={moment ? undefined : 'Left blank: the start of the import'}
      // A date-time that came over the API is edited as text.
      type={isDay(moment) ? 'date' : 'text'}
      value={moment}
      onChange={({ target: { value } }) =>
        onChange(value ? { ...mapping, occurredAt: { moment: value } } : (fromTheStart as ImportMapping))
      }
    />
  );
}

interface ConstantFieldsProps {
  constant: ImportMapping['constants'][number];
  pointer: string;
  onChange: (constant: ImportMapping['constants'][number]) => void;
  onRemove: () => void;
}

function ConstantFields({ constant, pointer, onChange, onRemove }: ConstantFieldsProps) {
  const isWrong = useIsWrong(pointer);
  const { attribute, value } = constant;
  const fields = [
    { key: 'attribute', label: 'Attribute for all rows', text: attribute },
    { key: 'value', label: `Value of ${attribute || 'it'}`, text: value },
  ] as const;
  return (
    <div>
      <Group gap="xs">
        {fields.map(({ key, label, text }) => (
          <TextInput
            key={key}
            aria-label={label}
            placeholder={key === 'attribute' ? 'Attribute' : 'Value'}
            error={isWrong && text === ''}
            maxLength={1_000}
            value={text}
            onChange={({ target }) => onChange({ ...constant, [key]: target.value })}
          />
        ))}
        <Button variant="default" aria-label={`Remove ${attribute || 'the attribute'}`} onClick={onRemove}>
          Remove
        </Button>
      </Group>
      <ProblemsAt pointer={pointer} />
    </div>
  );
}
