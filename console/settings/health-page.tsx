import { Alert, Code, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { AnswerTo } from '../api/answers.ts';
import { useHealth } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { Facts } from '../parts/facts.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { formatCount, formatMoment } from '../words/format.ts';
import { DeadLettersCard } from './dead-letters-card.tsx';
import { formatAge, innerQueueWords, queueWords, statusWords } from './health-words.ts';
import { RecalculationsCard } from './recalculations-card.tsx';

type Health = AnswerTo<'GET /health'>;

/** How fresh everything is, and what waits for somebody on call. */
export function HealthPage() {
  const health = useHealth();
  return (
    <Page heading="Health">
      {health.isPending && <Loading what="the figures" />}
      {health.isError && (
        <ProblemNotice
          title={health.data ? 'These figures may be old' : 'The figures could not be read'}
          error={health.error}
          onRetry={() => void health.refetch()}
        />
      )}
      {health.data && <Figures health={health.data} />}
      <RecalculationsCard />
    </Page>
  );
}

function Figures({ health }: { health: Health }) {
  const { status, freshAsOf } = health;
  const isOk = status === 'ok';
  return (
    <Stack gap="md">
      <Alert
        variant="outline"
        color={isOk ? 'var(--console-good)' : 'var(--console-warn)'}
        icon={isOk ? <IconCircleCheck aria-hidden="true" /> : <IconAlertTriangle aria-hidden="true" />}
        title={statusWords[status].name}
      >
        {statusWords[status].meaning} Every change up to <Moment iso={freshAsOf} isFull /> is counted in.
      </Alert>
      <Queues health={health} />
      <LeftOver health={health} />
      {deadLettersIn(health) > 0 && <DeadLettersCard />}
      <Agreement reconciliation={health.reconciliation} />
    </Stack>
  );
}

function Queues({ health: { queues, innerQueues } }: { health: Health }) {
  const rows = [
    ...Object.entries(queues).map(([key, queue]) => ({ key, name: queueWords[key] ?? key, ...queue })),
    ...Object.entries(innerQueues).map(([key, queue]) => ({
      ...{ key, name: innerQueueWords[key] ?? key, oldestUnprocessedSeconds: undefined },
      ...queue,
    })),
  ];
  return (
    <Card title="Queues">
      <Table.ScrollContainer minWidth={420} type="native">
        <Table>
          <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>
            What waits to be worked on, and what was given up
          </Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Queue</Table.Th>
              <Table.Th ta="right">Waiting</Table.Th>
              <Table.Th ta="right">Oldest</Table.Th>
              <Table.Th ta="right">Given up</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ key, name, waiting, oldestUnprocessedSeconds, deadLetters }) => (
              <Table.Tr key={key}>
                <Table.Th scope="row" fw={500}>
                  {name}
                </Table.Th>
                <Table.Td ta="right">{formatCount(waiting)}</Table.Td>
                <Table.Td ta="right">
                  {oldestUnprocessedSeconds === undefined ? '–' : formatAge(oldestUnprocessedSeconds)}
                </Table.Td>
                <Table.Td ta="right">
                  <Text span inherit {...(deadLetters > 0 && { fw: 700, c: 'var(--console-bad)' })}>
                    {formatCount(deadLetters)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

/** How many messages were given up, in all queues. */
function deadLettersIn({ queues, innerQueues }: Pick<Health, 'queues' | 'innerQueues'>): number {
  return [...Object.values(queues), ...Object.values(innerQueues)].reduce((sum, queue) => sum + queue.deadLetters, 0);
}

/** What only a person can put right. */
function LeftOver({
  health: { queues, innerQueues, parkedEvents, failedBatches, keptOutMessages },
}: {
  health: Health;
}) {
  const deadLetters = deadLettersIn({ queues, innerQueues });
  return (
    <Card title="What needs a person">
      <Facts
        facts={[
          ['Messages given up', formatCount(deadLetters)],
          ['Events the bus refused', formatCount(parkedEvents)],
          ['Batches a stream gave up', formatCount(failedBatches)],
          ['Messages about people who are kept out', formatCount(keptOutMessages)],
        ]}
      />
      {deadLetters + parkedEvents + failedBatches > 0 ? (
        <Text size="sm">
          Nothing of it is lost. <Code>npm run redrive -- list</Code> names each queue and its reasons;{' '}
          <Code>npm run redrive -- show NAME</Code> shows its messages, <Code>npm run redrive -- send NAME --all</Code>{' '}
          has them worked on again.
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing waits for anybody.
        </Text>
      )}
    </Card>
  );
}

/** Whether what is stored is what the rules say. */
function Agreement({ reconciliation }: Pick<Health, 'reconciliation'>) {
  if (!reconciliation) {
    return (
      <Card title="Agreement">
        <Text c="dimmed">
          Nothing has been compared yet. Memberships are compared with the rules all the time, in turn.
        </Text>
      </Card>
    );
  }
  const { compared, agreementRate, repaired, rotationStartedAt, lastDriftAt } = reconciliation;
  return (
    <Card title="Agreement">
      <Text size="sm" c="dimmed">
        Memberships are compared with the rules all the time, in turn; what does not agree is repaired and published.
      </Text>
      <Facts
        facts={[
          // Never rounded up: one that does not agree is to be seen.
          ['Agree', `${(Math.floor(agreementRate * 100_000) / 1_000).toLocaleString('en')} %`],
          ['Compared', formatCount(compared)],
          ['Repaired', formatCount(repaired)],
          ['This round began', formatMoment(rotationStartedAt)],
          ['Last did not agree', lastDriftAt === undefined ? 'never' : formatMoment(lastDriftAt)],
        ]}
      />
    </Card>
  );
}
