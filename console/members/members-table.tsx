import { Button, Checkbox, Table, Text } from '@mantine/core';
import type { Member } from '../api/answers.ts';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { leadNames } from '../words/lead-name.ts';
import { sourceWords } from '../words/transition-words.ts';
import type { Selection } from './chosen-leads.ts';
import { LeadName } from './lead-name.tsx';

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
            <Table.Th w={40}>
              <Checkbox
                aria-label="Select all that are shown"
                checked={selection.areShownChosen}
                indeterminate={!selection.areShownChosen && !selection.isEmpty}
                onChange={selection.toggleShown}
              />
            </Table.Th>
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
              <Table.Tr key={leadId}>
                <Table.Td>
                  <Checkbox
                    aria-label={`Select ${name}`}
                    checked={selection.has(leadId)}
                    onChange={() => selection.toggle(leadId)}
                  />
                </Table.Td>
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
