import { Table, Text } from '@mantine/core';
import { Card } from '../parts/card.tsx';
import { TextLink } from '../parts/link.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatMoment } from '../words/format.ts';
import { useRecalculations } from './setting-queries.ts';

/** Segments whose leads are being evaluated, or could not be. */
export function RecalculationsCard() {
  const recalculations = useRecalculations();
  return (
    <Card title="Recalculations">
      {recalculations.isPending && <Loading what="recalculations" lines={2} />}
      {recalculations.isError && (
        <ProblemNotice
          title="The recalculations could not be read"
          error={recalculations.error}
          onRetry={() => void recalculations.refetch()}
        />
      )}
      {recalculations.data?.length === 0 && <Text c="dimmed">No segment is being recalculated.</Text>}
      {recalculations.data && recalculations.data.length > 0 && (
        <Table.ScrollContainer minWidth={320} type="native">
          <Table>
            <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>Those that are not done</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Segment</Table.Th>
                <Table.Th>How far</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {recalculations.data.map(({ id, name, recalculation }) => (
                <Table.Tr key={id}>
                  <Table.Th scope="row" fw={500}>
                    <TextLink to="/segments/$segmentId/rules" params={{ segmentId: id }}>
                      {name}
                    </TextLink>
                  </Table.Th>
                  <Table.Td>
                    {recalculation?.state === 'failed' ? (
                      <Text c="var(--console-bad)">
                        Failed
                        {recalculation.retryAt !== undefined && `, next try ${formatMoment(recalculation.retryAt)}`}
                      </Text>
                    ) : (
                      `${formatCount(recalculation?.done ?? 0)} of ${formatCount(recalculation?.of ?? 0)} leads`
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
