import '@mantine/charts/styles.css';
import { AreaChart, BarChart, ChartBrush } from '@mantine/charts';
import { Stack, Text } from '@mantine/core';
import { formatCount, formatDay } from '../words/format.ts';
import type { DayWithSize } from './sizes-by-day.ts';

interface ActivityChartProps {
  readonly days: readonly DayWithSize[];
  /** Whether the size is known: not while the segment is inactive. */
  readonly hasSize: boolean;
  readonly onChooseDay: (day: string) => void;
}

const syncId = 'activity';
const formatMoves = (count: number) => formatCount(Math.abs(count));

/** Entries (up), exits (down) and size by day; below is a range to drag. What it shows is in the table as well. */
export function ActivityChart({ days, hasSize, onChooseDay }: ActivityChartProps) {
  const data = days.map(({ day, entered, exited, size }) => {
    return { day, label: formatDay(day), Entered: entered, Left: -exited, Members: size };
  });
  return (
    // As wide as its card, also where that has become narrower since it was drawn.
    <Stack gap="xs" miw={0} style={{ overflow: 'hidden' }}>
      <Text size="sm" c="dimmed">
        Entered and left by day (UTC); choose a bar to see who
      </Text>
      <BarChart
        h={220}
        data={data}
        dataKey="label"
        type="stacked"
        withLegend
        valueFormatter={formatMoves}
        barChartProps={{
          syncId,
          stackOffset: 'sign',
          onClick: ({ activeTooltipIndex }) => {
            const chosen = data[Number(activeTooltipIndex)];
            if (chosen) onChooseDay(chosen.day);
          },
        }}
        series={[
          { name: 'Entered', color: 'var(--console-good)' },
          { name: 'Left', color: 'var(--console-bad)' },
        ]}
      >
        <ChartBrush dataKey="label" height={24} travellerWidth={10} />
      </BarChart>
      {hasSize && (
        <>
          <Text size="sm" c="dimmed">
            Members at the end of each day (UTC)
          </Text>
          <AreaChart
            h={160}
            data={data}
            dataKey="label"
            withDots={false}
            curveType="stepAfter"
            valueFormatter={formatCount}
            areaChartProps={{ syncId }}
            series={[{ name: 'Members', color: 'var(--mantine-primary-color-filled)' }]}
          />
        </>
      )}
    </Stack>
  );
}
