import { Button, Group, Table, Text } from '@mantine/core';
import { LeadName } from '../members/lead-name.tsx';
import { TextLink } from '../parts/link.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { reasonWords } from '../words/transition-words.ts';
import { useTransitions } from './activity-queries.ts';

const utcTimes = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** Who entered and left and why, newest first; of one UTC day or of all. */
export function TransitionsTable({ segmentId, day }: { segmentId: string; day: string | undefined }) {
  const list = useTransitions(segmentId, day);
  if (list.isPending) return <Loading what="entries and exits" />;
  if (!list.data) {
    return (
      <ProblemNotice
        title="The entries and exits could not be read"
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    );
  }
  const transitions = list.data.pages.flatMap((page) => page.transitions);
  if (transitions.length === 0) return <Text c="dimmed">Nobody entered or left.</Text>;
  return (
    <>
      <Table layout="fixed" aria-label="Entries and exits" style={{ overflowWrap: 'anywhere' }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Lead</Table.Th>
            <Table.Th scope="col" w={80}>
              What
            </Table.Th>
            <Table.Th scope="col">Why</Table.Th>
            <Table.Th scope="col">When (UTC)</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transitions.map((transition) => {
            const { leadId, displayName, email, sequence, type, occurredAt } = transition;
            return (
              <Table.Tr key={`${leadId} ${sequence}`}>
                <Table.Th scope="row">
                  <LeadName lead={{ leadId, displayName, email }} />
                </Table.Th>
                <Table.Td>{type === 'entered' ? 'Entered' : 'Left'}</Table.Td>
                <Table.Td>
                  <TextLink to="/leads/$leadId/segments/$segmentId" params={{ leadId, segmentId }}>
                    {reasonWords(transition)}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <time dateTime={occurredAt}>{utcTimes.format(new Date(occurredAt))}</time>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {list.hasNextPage && (
        <Group mt="sm">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}
