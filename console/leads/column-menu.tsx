import { Button, Checkbox, Popover, ScrollArea, Stack, TextInput } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useState } from 'react';
import { fold } from '../../shared/rule/value.ts';
import { type LeadColumn, usualColumns } from './lead-columns.ts';

interface ColumnMenuProps {
  readonly offered: readonly LeadColumn[];
  readonly chosen: readonly string[];
  readonly onChange: (keys: string[]) => void;
}

/** Chooses which columns the list of leads has; they stand in the order in which they were chosen. */
export function ColumnMenu({ offered, chosen, onChange }: ColumnMenuProps) {
  const [text, setText] = useState('');
  const found = offered.filter(({ label }) => fold(label).includes(fold(text)));
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus width={260}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden="true" />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap="sm">
          <TextInput
            type="search"
            size="xs"
            aria-label="Search columns"
            placeholder="Search columns"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <ScrollArea.Autosize mah={280} type="auto">
            <Stack gap="xs">
              {found.map(({ key, label }) => (
                <Checkbox
                  key={key}
                  label={label}
                  checked={chosen.includes(key)}
                  onChange={(event) =>
                    onChange(event.currentTarget.checked ? [...chosen, key] : chosen.filter((one) => one !== key))
                  }
                />
              ))}
            </Stack>
          </ScrollArea.Autosize>
          <Button variant="subtle" size="compact-sm" onClick={() => onChange([...usualColumns])}>
            Back to the usual ones
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
