import { Group, List, Progress, Text } from '@mantine/core';
import type { RecalculationProgress } from '../api/answers.ts';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { formatCount, formatLeads, formatMoment } from '../words/format.ts';

/** How far a recalculation is: a bar while it runs, then what it changed. */
export function RecalculationState({ progress }: { progress: RecalculationProgress | undefined }) {
  if (!progress) return null;
  const { state, done, of, entering = 0, leaving = 0, startedAt, finishedAt } = progress;
  if (state === 'failed') {
    const { retryAt } = progress;
    return (
      <Text span size="sm" c="var(--console-bad)">
        Recalculation failed
        {retryAt !== undefined && `, next try ${formatMoment(retryAt)}`}
      </Text>
    );
  }
  if (state === 'done') {
    const moved = entering + leaving > 0 ? `, ${formatCount(entering)} in, ${formatCount(leaving)} out` : '';
    return (
      <Text span size="sm" c="dimmed">
        Recalculated <Moment iso={finishedAt ?? startedAt} />
        {moved}
      </Text>
    );
  }
  const share = of > 0 ? (100 * done) / of : 0;
  return (
    <Group gap="xs" wrap="nowrap" miw={160}>
      <Progress.Root style={{ flex: 1, minWidth: 60 }}>
        <Progress.Section value={share} aria-label="Recalculation" />
      </Progress.Root>
      <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>
        {of > 0 ? `${formatCount(done)} of ${formatCount(of)}` : 'Recalculating'}
      </Text>
    </Group>
  );
}

/** Why leads could not be evaluated, or do not get on. */
export function RecalculationFailures({ progress }: { progress: RecalculationProgress | undefined }) {
  const { failed = 0, failures = [] } = progress ?? {};
  if (failures.length === 0) return null;
  return (
    <div>
      <Text size="sm">
        {failed > 0 ? `${formatLeads(failed)} could not be evaluated:` : 'It does not get through everywhere:'}
      </Text>
      <List size="sm">
        {failures.map(({ leadId, shard, reason }) => (
          <List.Item key={leadId ?? shard}>
            {leadId === undefined ? (
              `Part ${shard} of all leads`
            ) : (
              <TextLink to="/leads/$leadId" params={{ leadId }}>
                {leadId}
              </TextLink>
            )}
            : {reason}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
