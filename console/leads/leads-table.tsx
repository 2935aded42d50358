import { Table } from '@mantine/core';
import type { Lead } from '../api/answers.ts';
import { LeadName } from '../members/lead-name.tsx';
import { chosenRow, SelectCell, SelectHead, type Selection } from '../members/selection.tsx';
import { leadNames } from '../words/lead-name.ts';
import type { LeadColumn } from './lead-columns.ts';

interface LeadsTableProps {
  readonly leads: readonly Lead[];
  readonly columns: readonly LeadColumn[];
  readonly selection: Selection;
}

/** Leads by name, each to select, with the columns that were chosen. */
export function LeadsTable({ leads, columns, selection }: LeadsTableProps) {
  return (
    <Table.ScrollContainer minWidth={320 + columns.length * 130} type="native">
      <Table highlightOnHover aria-label="Leads">
        <Table.Thead>
          <Table.Tr>
            <SelectHead selection={selection} />
            <Table.Th>Lead</Table.Th>
            {columns.map(({ key, label }) => (
              <Table.Th key={key}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {leads.map((lead) => (
            <Table.Tr key={lead.leadId} {...(selection.has(lead.leadId) && chosenRow)}>
              <SelectCell selection={selection} leadId={lead.leadId} name={leadNames(lead).name} />
              <Table.Th scope="row" fw={400}>
                <LeadName lead={lead} />
              </Table.Th>
              {columns.map(({ key, textOf }) => (
                <Table.Td key={key} style={{ overflowWrap: 'anywhere' }}>
                  {textOf(lead) ?? '–'}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
