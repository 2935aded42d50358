import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { memo } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { isFilling, isRecalculating } from '../api/live.ts';
import { keys } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { RecalculationFailures, RecalculationState } from './recalculation-state.tsx';
import classes from './rules-tab.module.css';
import { ShareBar, SizeBadge, sizeSentence } from './size-advice.tsx';

/** How many are in the segment now, how good a size that is, and how its last recalculation went. */
export const SegmentSummaryCard = memo(function SegmentSummaryCard({ segment }: { segment: SegmentWithRules }) {
  const { id, active, memberCount, share, size, recalculation, updatedAt } = segment;
  const api = useApi();
  const queryClient = useQueryClient();
  const recalculate = useMutation({
    mutationFn: () => api.recalculate(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.segment(id) }),
  });
  // While it fills, its size is nothing to judge by.
  const isMoving = isFilling(segment);
  return (
    <Paper component="section" withBorder p="md" aria-label="Members now">
      <Title order={2} mb="xs">
        Now in the segment
      </Title>
      <Stack gap="xs">
        {active ? (
          <>
            <Group gap="sm">
              <Text span className={classes.total} data-testid="member-count">
                {formatCount(memberCount)}
              </Text>
              {!isMoving && <SizeBadge size={size} />}
            </Group>
            <ShareBar share={share} size={isMoving ? 'healthy' : size} />
            <Text size="sm" c="dimmed">
              {isMoving ? 'Members so far: they are being brought up to date.' : sizeSentence(size)}
            </Text>
          </>
        ) : (
          <Text size="sm" c="dimmed">
            Inactive: it is not evaluated and nobody counts as a member. Activate it to fill it.
          </Text>
        )}
        <Group gap="xs" justify="space-between">
          {active && <RecalculationState progress={recalculation} />}
          {active && !isRecalculating(recalculation) && (
            <Button
              size="compact-sm"
              variant="default"
              aria-disabled={recalculate.isPending}
              onClick={() => !recalculate.isPending && recalculate.mutate()}
            >
              Recalculate
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          Saved <Moment iso={updatedAt} />
          {segment.updatedBy && ` by ${segment.updatedBy}`}
        </Text>
        {active && <RecalculationFailures progress={recalculation} />}
        {recalculate.isError && <ProblemNotice title="It was not recalculated" error={recalculate.error} />}
      </Stack>
    </Paper>
  );
});
