import { ScrollArea, Table, UnstyledButton } from '@mantine/core';
import { formatCount, formatDay } from '../words/format.ts';
import type { DayWithSize } from './sizes-by-day.ts';

interface DaysTableProps {
  readonly days: readonly DayWithSize[];
  readonly hasSize: boolean;
  readonly onChooseDay: (day: string) => void;
}

/** The days in figures, today first. */
export function DaysTable({ days, hasSize, onChooseDay }: DaysTableProps) {
  return (
    <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0, 'aria-label': 'Days', role: 'region' }}>
      <Table stickyHeader aria-label={`The last ${days.length} days`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Day (UTC)</Table.Th>
            <Table.Th scope="col">Entered</Table.Th>
            <Table.Th scope="col">Left</Table.Th>
            {hasSize && <Table.Th scope="col">Members at its end</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map(({ day, entered, exited, size }) => (
            <Table.Tr key={day}>
              <Table.Th scope="row">
                <UnstyledButton fz="sm" td="underline" onClick={() => onChooseDay(day)}>
                  <time dateTime={day}>{formatDay(day)}</time>
                </UnstyledButton>
              </Table.Th>
              <Table.Td>{formatCount(entered)}</Table.Td>
              <Table.Td>{formatCount(exited)}</Table.Td>
              {hasSize && <Table.Td>{formatCount(size)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
