import { Button, Table, Text } from '@mantine/core';
import type { Member } from '../api/answers.ts';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { leadNames } from '../words/lead-name.ts';
import { sourceWords } from '../words/transition-words.ts';
import { LeadName } from './lead-name.tsx';
import { chosenRow, SelectCell, SelectHead, type Selection } from './selection.tsx';

interface MembersTableProps {
  readonly segmentId: string;
  readonly members: readonly Member[];
  readonly selection: Selection;
  readonly onChange: (member: Member) => void;
}

/** Members by name, since when and why, each to select, to explain and to change. */
export function MembersTable({ segmentId, members, selection, onChange }: MembersTableProps) {
  return (
    <Table.ScrollContainer minWidth={620} type="native">
      <Table highlightOnHover aria-label="Members">
        <Table.Thead>
          <Table.Tr>
            <SelectHead selection={selection} />
            <Table.Th>Lead</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => {
            const { leadId, since, source, author, reason } = member;
            const { name } = leadNames(member);
            return (
              <Table.Tr key={leadId} {...(selection.has(leadId) && chosenRow)}>
                <SelectCell selection={selection} leadId={leadId} name={name} />
                <Table.Th scope="row" fw={400}>
                  <LeadName lead={member} />
                </Table.Th>
                <Table.Td>
                  <Moment iso={since} />
                </Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <TextLink
                    to="/leads/$leadId/segments/$segmentId"
                    params={{ leadId, segmentId }}
                    aria-label={`${sourceWords(source)}: why ${name}`}
                  >
                    {sourceWords(source)}
                  </TextLink>
                  {author && (
                    <Text size="xs" c="dimmed">
                      {author}
                      {reason && `: ${reason}`}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    aria-label={`Change ${name} manually`}
                    onClick={() => onChange(member)}
                  >
                    Change
                  </Button>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
