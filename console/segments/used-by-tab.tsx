import { Paper, Stack, Text } from '@mantine/core';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { DependantList } from './dependant-list.tsx';
import { useSegmentOfPage } from './segment-context.ts';
import { useDependants } from './segment-queries.ts';

/** Which segments refer to this one. */
export function UsedByTab() {
  const { segment } = useSegmentOfPage();
  const dependants = useDependants(segment.id);
  return (
    <Paper component="section" aria-label="Used by" withBorder p="md">
      <Stack>
        {dependants.isPending && <Loading what="what uses this segment" />}
        {dependants.isError && !dependants.data && (
          <ProblemNotice
            title="What uses this segment could not be read"
            error={dependants.error}
            onRetry={() => void dependants.refetch()}
          />
        )}
        {dependants.data?.length === 0 && <Empty title="No segment refers to this one" />}
        {dependants.data && dependants.data.length > 0 && (
          <>
            <Text>
              These segments change with it. While an active one refers to it directly, it can be neither deactivated
              nor deleted.
            </Text>
            <DependantList dependants={dependants.data} />
          </>
        )}
        <Text size="sm" c="dimmed">
          Campaigns and other systems that follow this segment on the event bus are not known here: your rules on the
          bus name them. Its id there is {segment.id}.
        </Text>
      </Stack>
    </Paper>
  );
}
