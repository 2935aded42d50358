import { Table, Text } from '@mantine/core';
import type { ChangedLead } from '../api/answers.ts';
import { TextLink } from '../parts/link.tsx';
import { formatCount } from '../words/format.ts';
import { type ManualAct, outcomeWords, resultWords, worstFirst } from './manual-acts.ts';

const mostRows = 200;

/** What became of each lead that something was done about; what went wrong comes first. */
export function ChangeResults({ results, act }: { results: readonly ChangedLead[]; act: ManualAct }) {
  const sorted = worstFirst(results);
  const shown = sorted.slice(0, mostRows);
  return (
    <>
      <Text component="output" fw={600}>
        {outcomeWords(results, act)}.
      </Text>
      <Text size="sm" c="dimmed">
        The list of members follows within seconds.
      </Text>
      <Table.ScrollContainer minWidth={280} maxHeight={320} my="sm">
        <Table captionSide="top" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Lead</Table.Th>
              <Table.Th>Result</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((lead) => (
              <Table.Tr key={lead.leadId}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {lead.result === 'unknown_lead' ? (
                    lead.leadId
                  ) : (
                    <TextLink to="/leads/$leadId" params={{ leadId: lead.leadId }}>
                      {lead.leadId}
                    </TextLink>
                  )}
                </Table.Td>
                <Table.Td c={isBad(lead) ? 'var(--console-bad)' : ''}>{resultWords(lead, act)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {sorted.length > shown.length && (
        <Text size="sm" c="dimmed">
          and {formatCount(sorted.length - shown.length)} more
        </Text>
      )}
    </>
  );
}

const isBad = ({ result }: ChangedLead) => result === 'unknown_lead' || result === 'refused';
