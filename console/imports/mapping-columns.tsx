import { Checkbox, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { type ColumnKind, columnKinds, kindCalled, nameOfKind } from '../../shared/table/column-kind.ts';
import type { InspectedColumn, Inspection } from '../api/answers.ts';
import { formatCount, formatShare } from '../words/format.ts';
import { idOf, isAttribute, type Role, roleOf, rolesIn, ruleOf, withColumn, withRole } from './import-mapping.ts';
import classes from './mapping-columns.module.css';
import { ProblemsAt, useIsWrong } from './mapping-problems.tsx';

const roleWords: Readonly<Record<Role, string>> = {
  leadId: 'Lead id',
  accountId: 'Account',
  engagementLevel: 'Engagement level',
  profileLevel: 'Profile level',
  accountLevel: 'Account level',
  event: 'When an event was',
  occurredAt: 'As of when the row is',
  attribute: 'Attribute',
  skip: 'Not imported',
};

const shownSamples = 3;

interface MappingColumnsProps {
  mapping: ImportMapping;
  inspection: Inspection;
  onChange: (mapping: ImportMapping) => void;
}

/** A table with a row for each column: what is in it, how it is read, and what it becomes. */
export function MappingColumns({ mapping, inspection: { columns, rows }, onChange }: MappingColumnsProps) {
  return (
    <Table className={classes.columns}>
      <Table.Caption className={classes.caption}>Columns of the file</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Column</Table.Th>
          <Table.Th>Samples</Table.Th>
          <Table.Th>Read as</Table.Th>
          <Table.Th>Becomes</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {columns.map((column, index) => {
          const { name } = column;
          const isFirst = columns.findIndex((one) => one.name === name) === index;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, and the order stays
            <Table.Tr key={index}>
              <Table.Th scope="row">
                {name || `Column ${index + 1}`}
                <Text size="sm" c="dimmed">{`${formatShare(rows > 0 ? column.filled / rows : 0)} filled`}</Text>
              </Table.Th>
              <Table.Td>
                <Samples samples={column.samples} />
              </Table.Td>
              {name !== '' && isFirst ? (
                <ColumnFields column={column} mapping={mapping} onChange={onChange} />
              ) : (
                <Table.Td colSpan={2} c="dimmed">
                  {name === '' ? 'It has no name: not imported' : 'The name comes twice: not imported'}
                </Table.Td>
              )}
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

function Samples({ samples }: { samples: readonly string[] }) {
  if (samples.length === 0) return <Text c="dimmed">empty</Text>;
  return (
    <ul className={classes.samples}>
      {samples.slice(0, shownSamples).map((sample) => (
        <li key={sample}>{sample}</li>
      ))}
    </ul>
  );
}

interface ColumnFieldsProps {
  column: InspectedColumn;
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

function ColumnFields({ column, mapping, onChange }: ColumnFieldsProps) {
  const { name } = column;
  const { as } = ruleOf(mapping, name);
  const role = roleOf(mapping, name);
  const pointer = `/columns/${mapping.columns.findIndex((one) => one.column === name)}`;
  // Where no column is the id yet, each may be it.
  const isIdMissing = useIsWrong(`/${idOf(mapping)}`);
  return (
    <>
      <Table.Td>
        <NativeSelect
          aria-label={`Read ${name} as`}
          disabled={role === 'skip'}
          data={columnKinds.map((kind) => ({ value: nameOfKind(kind), label: kindWords(kind) }))}
          value={nameOfKind(as ?? { kind: 'text' })}
          onChange={({ target }) => {
            const kind = kindCalled(target.value);
            onChange(withColumn(mapping, name, { as: kind?.kind === 'text' ? undefined : kind }));
          }}
        />
        <KindNote column={column} as={as} />
      </Table.Td>
      <Table.Td>
        <Stack gap={6}>
          <NativeSelect
            aria-label={`What ${name} becomes`}
            error={isIdMissing}
            data={rolesIn[mapping.kind].map((value) => ({ value, label: roleWords[value] }))}
            value={role}
            onChange={({ target }) => onChange(withRole(mapping, name, target.value as Role))}
          />
          {role !== 'skip' && <AttributeField name={name} role={role} mapping={mapping} onChange={onChange} />}
        </Stack>
        <ProblemsAt pointer={pointer} />
      </Table.Td>
    </>
  );
}

interface AttributeFieldProps {
  name: string;
  role: Role;
  mapping: ImportMapping;
  onChange: (mapping: ImportMapping) => void;
}

/** The name of the attribute; whether there is one, for a column that is something else as well. */
function AttributeField({ name, role, mapping, onChange }: AttributeFieldProps) {
  const { attribute } = ruleOf(mapping, name);
  const isKept = isAttribute(mapping, name);
  return (
    <>
      {role !== 'attribute' && (
        <Checkbox
          label="and an attribute"
          checked={isKept}
          onChange={({ target: { checked } }) => {
            // An id that is nothing else by itself becomes an attribute by having a name.
            const kept = withColumn(mapping, name, { skip: checked ? undefined : true, attribute: undefined });
            onChange(checked && !isAttribute(kept, name) ? withColumn(kept, name, { attribute: name }) : kept);
          }}
        />
      )}
      {isKept && (
        <TextInput
          aria-label={`Attribute of ${name}`}
          placeholder={name}
          maxLength={1_000}
          value={attribute ?? ''}
          onChange={({ target }) => onChange(withColumn(mapping, name, { attribute: target.value || undefined }))}
        />
      )}
    </>
  );
}

/** What is to be known before a column is read like that. */
function KindNote({ column: { kind, orElse, misfits }, as }: { column: InspectedColumn; as: ColumnKind | undefined }) {
  if (as && misfits > 0 && nameOfKind(as) === nameOfKind(kind)) {
    return (
      <Text size="sm" c="dimmed">
        {misfits === 1 ? '1 cell is none, and is left out' : `${formatCount(misfits)} cells are none, and are left out`}
      </Text>
    );
  }
  if (as || orElse.length === 0) return null;
  return <Text size="sm" c="var(--console-warn)">{`Could be ${[kind, ...orElse].map(nameOfKind).join(' or ')}`}</Text>;
}

function kindWords(kind: ColumnKind): string {
  if (kind.kind === 'text') return 'Text, as it stands';
  if (kind.kind === 'boolean') return 'Yes or no';
  const name = nameOfKind(kind);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
