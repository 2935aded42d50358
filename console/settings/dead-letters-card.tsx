import { Code, Table, Text } from '@mantine/core';
import type { AnswerTo } from '../api/answers.ts';
import { Card } from '../parts/card.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { innerQueueWords, queueWords } from './health-words.ts';
import { useDeadLetters } from './setting-queries.ts';

/** Why messages were given up, queue by queue; to be shown where some were. */
export function DeadLettersCard() {
  const found = useDeadLetters();
  return (
    <Card title="Why messages were given up">
      {found.isPending && <Loading what="the reasons" />}
      {found.isError && (
        <ProblemNotice title="The reasons could not be read" error={found.error} onRetry={() => void found.refetch()} />
      )}
      {found.data && <Reasons queues={found.data.queues} />}
    </Card>
  );
}

function Reasons({ queues }: Pick<AnswerTo<'GET /health/dead-letters'>, 'queues'>) {
  if (queues.length === 0) return <Text c="dimmed">None are left.</Text>;
  return (
    <Table.ScrollContainer minWidth={420} type="native">
      <Table>
        <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>
          Of each queue up to 100 messages are looked at; numbers and ids in reasons are “N”
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Queue</Table.Th>
            <Table.Th>Reason</Table.Th>
            <Table.Th ta="right">Messages</Table.Th>
            <Table.Th>Oldest</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {queues.flatMap(({ queue, reasons, oldestSentAt }) =>
            reasons.map(({ reason, messages }, index) => (
              <Table.Tr key={`${queue} ${reason}`}>
                <Table.Th scope="row" fw={500}>
                  {queueWords[queue] ?? innerQueueWords[queue] ?? queue} <Code>{queue}</Code>
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {reason ?? 'It carries no reason: the log of its worker has it.'}
                </Table.Td>
                <Table.Td ta="right">{formatCount(messages)}</Table.Td>
                <Table.Td>{index === 0 && <Moment iso={oldestSentAt} />}</Table.Td>
              </Table.Tr>
            )),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
