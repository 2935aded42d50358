import { Table, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { SegmentPicker } from '../members/segment-picker.tsx';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { sourceWords } from '../words/transition-words.ts';
import { useLeadSegments } from './lead-queries.ts';

/** The segments a lead is in, each with since when and why; and the question why it is not in another one. */
export function LeadSegmentsCard({ leadId }: { leadId: string }) {
  const segments = useLeadSegments(leadId);
  const navigate = useNavigate();
  const isIn = segments.data?.segments ?? [];
  return (
    <Card title="Segments">
      {segments.isPending && <Loading what="segments" />}
      {segments.isError && <ProblemNotice title="The segments could not be read" error={segments.error} />}
      {segments.data && isIn.length === 0 && (
        <Text size="sm" c="dimmed">
          In no active segment.
        </Text>
      )}
      {isIn.length > 0 && (
        <Table.ScrollContainer minWidth={380} type="native">
          <Table aria-label="Segments it is in">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Segment</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Why</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {isIn.map(({ id, name, since, source }) => (
                <Table.Tr key={id}>
                  <Table.Th scope="row" fw={500}>
                    <TextLink to="/segments/$segmentId" params={{ segmentId: id }}>
                      {name}
                    </TextLink>
                  </Table.Th>
                  <Table.Td>
                    <Moment iso={since} />
                  </Table.Td>
                  <Table.Td>
                    <TextLink
                      to="/leads/$leadId/segments/$segmentId"
                      params={{ leadId, segmentId: id }}
                      aria-label={`${sourceWords(source)}: why it is in ${name}`}
                    >
                      {sourceWords(source)}
                    </TextLink>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {segments.data && (
        <SegmentPicker
          label="Why is it not in …?"
          value={undefined}
          except={isIn.map(({ id }) => id)}
          onChange={(segment) => {
            if (!segment) return;
            const params = { leadId, segmentId: segment.id };
            void navigate({ to: '/leads/$leadId/segments/$segmentId', params });
          }}
        />
      )}
    </Card>
  );
}
