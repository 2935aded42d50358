import { Button, Group, List, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { Card } from '../parts/card.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { formatRows } from './import-state.tsx';

type Result = NonNullable<Import['result']>;

/** What was refused or left out and why, and the rows to download. */
export function ImportResult({ job: { importId, state }, result }: { job: Import; result: Result }) {
  const hasRows = result.refused.length + result.leftOut.length > 0;
  return (
    <Card title="Result">
      {!hasRows && <Text>Every row that was read is imported as it is.</Text>}
      <ImportTally tally={result} />
      {hasRows && <RefusedRows importId={importId} isWhole={state === 'done'} />}
    </Card>
  );
}

/** Reasons for which rows are refused and cells left out, and what else is to be known. */
export function ImportTally({ tally: { refused, leftOut, repeatedRows, foldedIds, notices } }: { tally: Result }) {
  const told = [
    ...(repeatedRows > 0
      ? [`${formatRows(repeatedRows)} of a lead or account that came before: the later one wins.`]
      : []),
    ...(foldedIds.rows > 0
      ? [`Ids that are mail addresses are in lower case now, in ${formatRows(foldedIds.rows)}.`]
      : []),
    ...notices,
  ];
  return (
    <>
      <ReasonTable title="Refused rows" groups={refused} />
      <ReasonTable title="Left out of rows that are imported" groups={leftOut} />
      <Told texts={told} />
    </>
  );
}

/** What a person should know, one thing a line. */
export function Told({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <List size="sm">
      {texts.map((text) => (
        <List.Item key={text}>{text}</List.Item>
      ))}
    </List>
  );
}

function ReasonTable({ title, groups }: { title: string; groups: Result['refused'] }) {
  if (groups.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={320} type="native">
      <Table>
        <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>{title}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Why</Table.Th>
            <Table.Th>Column</Table.Th>
            <Table.Th ta="right">Rows</Table.Th>
            <Table.Th visibleFrom="sm">Lines</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map(({ reason, column, value, count, lines }) => (
            <Table.Tr key={`${reason} ${column} ${value}`}>
              <Table.Td>
                {reason}
                {value !== undefined && (
                  <Text span c="dimmed" size="sm">
                    {` (“${value}”)`}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{column ?? '–'}</Table.Td>
              <Table.Td ta="right">{formatCount(count)}</Table.Td>
              <Table.Td visibleFrom="sm" c="dimmed">
                {lines.map(formatCount).join(', ')}
                {count > lines.length && ' …'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RefusedRows({ importId, isWhole }: { importId: string; isWhole: boolean }) {
  const api = useApi();
  const fetchRows = useMutation({
    mutationFn: () => api.refusedRows(importId),
    // It comes as an attachment: the page stays.
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <>
      <Group gap="sm">
        <Button variant="default" loading={fetchRows.isPending} onClick={() => fetchRows.mutate()}>
          Download these rows
        </Button>
        <Text size="sm" c="dimmed">
          {isWhole ? 'As CSV with the reason' : 'Those read before it ended, as CSV with the reason'}, to be corrected
          and imported. Kept for seven days.
        </Text>
      </Group>
      {fetchRows.isError && <ProblemNotice title="There is no such file" error={fetchRows.error} />}
    </>
  );
}
