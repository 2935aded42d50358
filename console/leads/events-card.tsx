import { Select, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useVocabulary } from '../api/queries.ts';
import { MoreRows } from '../members/more-rows.tsx';
import { Card } from '../parts/card.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatAttribute } from '../words/format.ts';
import { useLeadEvents } from './lead-queries.ts';

/** What a lead did, newest first, all of it or of one type. */
export function EventsCard({ leadId }: { leadId: string }) {
  const [eventType, setEventType] = useState<string>();
  const events = useLeadEvents(leadId, eventType);
  const types = useVocabulary().data?.events ?? [];
  const shown = events.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Card
      title="Events"
      actions={
        <Select
          size="xs"
          aria-label="Type of event"
          placeholder="All types"
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'All types' }}
          data={types.map((one) => one.eventType)}
          value={eventType ?? null}
          onChange={(type) => setEventType(type ?? undefined)}
        />
      }
    >
      {events.isPending && <Loading what="the events" />}
      {events.isError && (
        <ProblemNotice
          title="The events could not be read"
          error={events.error}
          onRetry={() => void events.refetch()}
        />
      )}
      {events.data && shown.length === 0 && !events.hasNextPage && (
        <Text size="sm" c="dimmed">
          {eventType ? 'None of this type in the last 400 days.' : 'None in the last 400 days.'}
        </Text>
      )}
      {shown.length > 0 && (
        <Table.ScrollContainer minWidth={280} type="native" tabIndex={0}>
          <Table aria-label="Events, newest first">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={150}>When</Table.Th>
                <Table.Th>Event</Table.Th>
                <Table.Th>Details</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((event) => (
                <Table.Tr key={`${event.eventType} ${event.eventId}`}>
                  <Table.Td>
                    <Moment iso={event.occurredAt} />
                  </Table.Td>
                  <Table.Td>{event.eventType}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {Object.entries(event.metadata).map(([name, value]) => (
                      <div key={name}>
                        <Text span size="sm" c="dimmed">
                          {name}
                        </Text>{' '}
                        {formatAttribute(value)}
                      </div>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <MoreRows list={events} shown={shown.length} pages={events.data?.pages.length ?? 0} />
    </Card>
  );
}
