import { Group, Paper, Text } from '@mantine/core';
import { Moment } from '../parts/moment.tsx';
import { SizeBadge } from '../segments/size-advice.tsx';
import { formatCount, formatShare } from '../words/format.ts';
import classes from './segment-list.module.css';
import { SegmentMenu } from './segment-menu.tsx';
import { type RowProps, SegmentCheckbox, SegmentName, SegmentSwitch } from './segment-parts.tsx';
import { Sparkline } from './sparkline.tsx';
import { type ListProps, useVirtualList } from './virtual-list.ts';

/** The segments as cards, for where a table has no room; only those in view are drawn. */
export function SegmentCards(list: ListProps) {
  const { container, before, after, items, measure } = useVirtualList<HTMLUListElement>(list, 150);
  return (
    <ul
      ref={container}
      className={classes.cards}
      aria-label="Segments"
      style={{ paddingTop: before, paddingBottom: after }}
    >
      {items.map(({ index, row }) => (
        <li key={row.segment.id} data-index={index} ref={measure} className={classes.card}>
          <SegmentCard {...row} />
        </li>
      ))}
    </ul>
  );
}

function SegmentCard(row: RowProps) {
  const { segment, days, acts } = row;
  const { active, memberCount, share, size, usedBy, updatedAt } = segment;
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <SegmentCheckbox {...row} />
        <div className={classes.cardText}>
          <SegmentName segment={segment} />
        </div>
        <SegmentSwitch segment={segment} acts={acts} />
        <SegmentMenu segment={segment} acts={acts} />
      </Group>
      <Group justify="space-between" gap="xs" mt="xs" align="center">
        {active ? (
          <Group gap={6}>
            <Text fw={600}>{formatCount(memberCount)}</Text>
            <Text size="sm" c="dimmed">
              members, {formatShare(share)}
            </Text>
            <SizeBadge size={size} />
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            Inactive
          </Text>
        )}
        <Sparkline days={days} />
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        Updated <Moment iso={updatedAt} />
        {usedBy > 0 && ` · used by ${usedBy === 1 ? '1 segment' : `${formatCount(usedBy)} segments`}`}
      </Text>
    </Paper>
  );
}
