import { Switch, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { announce } from '../parts/announcer.tsx';
import { Card } from '../parts/card.tsx';
import { Empty, ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { type OfferedField, offeredFields } from './offered-fields.ts';
import { type StoredVocabulary, settingProblem, useSettingSave } from './setting-queries.ts';

const mostRows = 200;

/** Fields and types of events with what was seen of them, each offered in menus or not. */
export function FieldsCard({ stored: { vocabulary, revision } }: { stored: StoredVocabulary }) {
  const [text, setText] = useState('');
  const save = useSettingSave((api, hidden: readonly string[]) =>
    api.call('PUT /vocabulary/hidden', { body: { hidden: [...hidden] }, revision }),
  );
  const found = offeredFields(vocabulary, text);
  const toggle = ({ key, name, isHidden }: OfferedField) => {
    if (save.isPending) return;
    const hidden = isHidden ? vocabulary.hidden.filter((one) => one !== key) : [...vocabulary.hidden, key];
    save.mutate(hidden, { onSuccess: () => announce(`${name} is ${isHidden ? 'offered' : 'hidden'} now`) });
  };
  return (
    <Card title="Fields and events">
      <Text size="sm" c="dimmed">
        What is not offered is in no menu, such as names that were mistyped. Rules that use it go on working.
      </Text>
      <TextInput
        type="search"
        aria-label="Search fields and events"
        placeholder="Search fields and events"
        maw={360}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {save.isError && <ProblemNotice title="It was not saved" error={settingProblem(save.error)} />}
      {found.length === 0 ? (
        <Empty title={text ? `Nothing is called “${text}”` : 'No change has come in yet'} />
      ) : (
        <Table.ScrollContainer minWidth={480} type="native">
          <Table>
            <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>
              {found.length > mostRows
                ? `The first ${mostRows} of ${formatCount(found.length)}: search for the others`
                : `${formatCount(found.length)} fields and events`}
            </Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Of</Table.Th>
                <Table.Th>Kind</Table.Th>
                <Table.Th>Values</Table.Th>
                <Table.Th>Offered</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.slice(0, mostRows).map((field) => (
                <FieldRow key={field.key} field={field} onToggle={() => toggle(field)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}

function FieldRow({ field, onToggle }: { field: OfferedField; onToggle: () => void }) {
  const { name, of, kinds, values, isHidden } = field;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Table.Th>
      <Table.Td>{of}</Table.Td>
      <Table.Td>{kinds.join(', ') || '–'}</Table.Td>
      <Table.Td c="dimmed">
        {values.length === 0 ? '–' : `${values.slice(0, 3).join(', ')}${values.length > 3 ? ' …' : ''}`}
      </Table.Td>
      <Table.Td>
        <Switch aria-label={`Offer ${name} of ${of}`} checked={!isHidden} onChange={onToggle} />
      </Table.Td>
    </Table.Tr>
  );
}
