import { Checkbox, Fieldset, Group, NativeSelect, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { EventMapping, ImportMapping } from '../../shared/import/mapping.ts';
import { eventsOf, withEvents } from './import-mapping.ts';
import { ProblemsAt, useIsWrong } from './mapping-problems.tsx';

interface MappingEventsProps {
  mapping: ImportMapping;
  names: readonly string[];
  onChange: (mapping: ImportMapping) => void;
}

/** The events that rows tell of: what they are called, and which columns are their fields. */
export function MappingEvents({ mapping, names, onChange }: MappingEventsProps) {
  const events = eventsOf(mapping);
  return (
    <Stack gap="xs">
      <Title order={3}>Events</Title>
      {events.map((event, index) => (
        <EventFields
          key={event.momentColumn}
          event={event}
          pointer={`/events/${index}`}
          names={names}
          onChange={(next) => onChange(withEvents(mapping, events.with(index, next)))}
        />
      ))}
    </Stack>
  );
}

interface EventFieldsProps {
  event: EventMapping;
  pointer: string;
  names: readonly string[];
  onChange: (event: EventMapping) => void;
}

function EventFields({ event, pointer, names, onChange }: EventFieldsProps) {
  const { eventType, momentColumn } = event;
  const isWrong = useIsWrong(`${pointer}/eventType`);
  const isFixed = typeof eventType === 'string';
  const others = names.filter((name) => name !== momentColumn);
  return (
    <Fieldset legend={`An event of each row with “${momentColumn}”`}>
      <Stack gap="sm">
        <Group gap="xs" align="flex-end">
          <NativeSelect
            label="It is called"
            aria-label={`Where the name of the event at ${momentColumn} is`}
            data={[
              { value: 'fixed', label: 'the same in all rows:' },
              { value: 'column', label: 'as in the column' },
            ]}
            value={isFixed ? 'fixed' : 'column'}
            onChange={({ target }) =>
              onChange({ ...event, eventType: target.value === 'fixed' ? '' : { column: others[0] ?? '' } })
            }
          />
          {isFixed ? (
            <TextInput
              aria-label={`Name of the event at ${momentColumn}`}
              error={isWrong}
              placeholder="Such as Webinar Attended"
              value={eventType}
              onChange={({ target }) => onChange({ ...event, eventType: target.value })}
            />
          ) : (
            <NativeSelect
              aria-label={`Column with the name of the event at ${momentColumn}`}
              data={others}
              value={eventType.column}
              onChange={({ target }) => onChange({ ...event, eventType: { column: target.value } })}
            />
          )}
        </Group>
        <ProblemsAt pointer={pointer} />
        <Stack gap={6} role="group" aria-label={`Fields of the event at ${momentColumn}`}>
          {others.map((name) => (
            <EventField key={name} column={name} event={event} onChange={onChange} />
          ))}
        </Stack>
      </Stack>
    </Fieldset>
  );
}

interface EventFieldProps {
  column: string;
  event: EventMapping;
  onChange: (event: EventMapping) => void;
}

/** Whether a column is a field of the event, and under which name. */
function EventField({ column, event, onChange }: EventFieldProps) {
  const field = Object.keys(event.fields).find((one) => event.fields[one] === column);
  // A name that another field has, or none, is typed on the way to the one that is meant.
  const [typed, setTyped] = useState(field ?? column);
  const rename = (name: string) => {
    setTyped(name);
    if (name !== '' && (event.fields[name] ?? column) === column) {
      onChange({ ...event, fields: withField(event.fields, column, name) });
    }
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Checkbox
        label={column}
        checked={field !== undefined}
        onChange={({ target: { checked } }) => {
          setTyped(column);
          onChange({ ...event, fields: withField(event.fields, column, checked ? column : undefined) });
        }}
      />
      {field !== undefined && (
        <TextInput
          size="xs"
          aria-label={`Field of the event for ${column}`}
          error={typed !== field && (typed === '' ? 'Enter a name' : 'Another field is called that')}
          maxLength={1_000}
          value={typed}
          onChange={({ target }) => rename(target.value)}
        />
      )}
    </Group>
  );
}

/** The fields with a column under that name, in the place it had; or without it. */
function withField(fields: EventMapping['fields'], column: string, name: string | undefined): EventMapping['fields'] {
  const entries = Object.entries(fields);
  const index = entries.findIndex(([, source]) => source === column);
  const entry: Array<[string, string]> = name === undefined ? [] : [[name, column]];
  return Object.fromEntries(entries.toSpliced(index === -1 ? entries.length : index, index === -1 ? 0 : 1, ...entry));
}
