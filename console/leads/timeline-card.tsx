import { Table, Text } from '@mantine/core';
import { MoreRows } from '../members/more-rows.tsx';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { causeWords, reasonWords } from '../words/transition-words.ts';
import { useTimeline } from './lead-queries.ts';

/** A lead's entries and exits, newest first. */
export function TimelineCard({ leadId }: { leadId: string }) {
  const timeline = useTimeline(leadId);
  const transitions = timeline.data?.pages.flatMap((page) => page.transitions) ?? [];
  return (
    <Card title="Timeline">
      {timeline.isPending && <Loading what="the timeline" />}
      {timeline.isError && (
        <ProblemNotice
          title="The timeline could not be read"
          error={timeline.error}
          onRetry={() => void timeline.refetch()}
        />
      )}
      {timeline.data && transitions.length === 0 && (
        <Text size="sm" c="dimmed">
          It has entered no segment yet.
        </Text>
      )}
      {transitions.length > 0 && (
        <Table.ScrollContainer minWidth={480} type="native">
          <Table aria-label="Entries and exits, newest first">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={150}>When</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Segment</Table.Th>
                <Table.Th>Why</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {transitions.map((transition) => (
                <Table.Tr key={`${transition.segment.id} ${transition.sequence}`}>
                  <Table.Td>
                    <Moment iso={transition.occurredAt} />
                  </Table.Td>
                  <Table.Td>{transition.type === 'entered' ? 'Entered' : 'Left'}</Table.Td>
                  <Table.Th scope="row" fw={400}>
                    <TextLink to="/segments/$segmentId" params={{ segmentId: transition.segment.id }}>
                      {transition.segment.name}
                    </TextLink>
                  </Table.Th>
                  <Table.Td>
                    {reasonWords(transition)}
                    <Text size="xs" c="dimmed">
                      {causeWords(transition.cause)}
                      {transition.silent && ' (not published)'}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreRows list={timeline} shown={transitions.length} pages={timeline.data?.pages.length ?? 0} />
    </Card>
  );
}
