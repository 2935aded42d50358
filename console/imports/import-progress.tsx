import { Progress, Text, VisuallyHidden } from '@mantine/core';
import type { Import } from '../api/answers.ts';
import { Card } from '../parts/card.tsx';
import { formatCount } from '../words/format.ts';
import { formatDuration, formatRows, isImportOver } from './import-state.tsx';

/** How many rows are sent, how fast, and how long the rest takes. */
export function ImportProgress({ job, progress }: { job: Import; progress: NonNullable<Import['progress']> }) {
  const { rows, refusedRows, bytes, ofBytes, rowsPerSecond, secondsLeft } = progress;
  const share = ofBytes > 0 ? Math.min(1, bytes / ofBytes) : 0;
  const refused = refusedRows > 0 ? `, ${formatCount(refusedRows)} refused` : '';
  if (isImportOver(job)) {
    return (
      <Card title="Progress">
        <Text component="output" size="xl" fw={600}>
          {`${formatRows(rows - refusedRows)} imported${refused}`}
        </Text>
        {job.state === 'done' && (
          <Text size="sm" c="dimmed">
            Segments and counts have caught up once the mark at the top says “Live”.
          </Text>
        )}
      </Card>
    );
  }
  return (
    <Card title="Progress">
      {/* In steps of ten percent: a screen reader that is told every two seconds says nothing else. */}
      <VisuallyHidden component="output">{`${Math.floor(share * 10) * 10} % imported`}</VisuallyHidden>
      <Progress value={share * 100} aria-label="Rows imported" />
      <Text>
        {`${formatRows(rows)} read${refused}`}
        {rowsPerSecond !== undefined && `, ${formatRows(rowsPerSecond)} a second`}
        {secondsLeft !== undefined && `, about ${formatDuration(secondsLeft)} left`}
      </Text>
      <Text size="sm" c="dimmed">
        You may leave this page: the import goes on.
      </Text>
    </Card>
  );
}
