import { Button, Group, Paper, SegmentedControl, Stack, TextInput, Title } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { useActivityDays } from './activity-queries.ts';
import { DaysTable } from './days-table.tsx';
import { sizesByDay } from './sizes-by-day.ts';
import { TransitionsTable } from './transitions-table.tsx';

const ActivityChart = lazy(async () => ({ default: (await import('./activity-chart.tsx')).ActivityChart }));

const spans = ['30', '90', '400'];
const ways = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
];

/** Who came and went: by day, as a chart or in figures, and each lead. Days are those of UTC throughout. */
export function ActivityView({ segment }: { segment: SegmentWithRules }) {
  const { id, active, memberCount } = segment;
  const [span, setSpan] = useState('30');
  const [way, setWay] = useState('chart');
  const [day, setDay] = useState('');
  const activity = useActivityDays(id, Number(span));
  const days = sizesByDay(activity.data ?? [], memberCount);
  const shown = { days, hasSize: active, onChooseDay: setDay };
  return (
    <>
      <Paper component="section" aria-label="Activity" withBorder p="md">
        <Stack>
          <Group justify="space-between">
            <SegmentedControl
              aria-label="Days"
              data={spans.map((value) => ({ value, label: `${value} days` }))}
              value={span}
              onChange={setSpan}
            />
            <SegmentedControl aria-label="Shown as" data={ways} value={way} onChange={setWay} />
          </Group>
          {activity.isPending && <Loading what="activity" lines={8} />}
          {activity.isError && !activity.data && (
            <ProblemNotice
              title="The activity could not be read"
              error={activity.error}
              onRetry={() => void activity.refetch()}
            />
          )}
          {activity.data &&
            (way === 'table' ? (
              <DaysTable {...shown} />
            ) : (
              <Suspense fallback={<Loading what="the chart" lines={8} />}>
                <ActivityChart {...shown} />
              </Suspense>
            ))}
        </Stack>
      </Paper>
      <Paper component="section" aria-label="Entries and exits" withBorder p="md">
        <Stack>
          <Group justify="space-between" align="flex-end">
            <Title order={2}>Entries and exits</Title>
            <Group gap="xs" align="flex-end">
              <TextInput
                type="date"
                label="Only on this day (UTC)"
                value={day}
                onChange={(event) => setDay(event.currentTarget.value)}
              />
              {day && (
                <Button variant="default" onClick={() => setDay('')}>
                  All days
                </Button>
              )}
            </Group>
          </Group>
          <TransitionsTable segmentId={id} day={day || undefined} />
        </Stack>
      </Paper>
    </>
  );
}
