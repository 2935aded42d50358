import { Button, Group, Paper, Text } from '@mantine/core';
import { useState } from 'react';
import type { SegmentSummary } from '../api/answers.ts';
import { lazyDialog } from '../parts/lazy-dialog.tsx';
import { formatSegments } from '../words/format.ts';

const BulkChangeDialog = lazyDialog(async () => (await import('./bulk-change-dialog.tsx')).BulkChangeDialog);

interface BulkChangeProps {
  readonly segments: readonly SegmentSummary[];
  readonly onClear: () => void;
}

/** What can be done with the selected segments. */
export function BulkChange({ segments, onClear }: BulkChangeProps) {
  const [act, setAct] = useState<{ active: boolean; segments: readonly SegmentSummary[] }>();
  const [isOpen, setOpen] = useState(false);
  const start = (active: boolean) => {
    setAct({ active, segments: segments.filter((segment) => segment.active !== active) });
    setOpen(true);
  };
  return (
    <>
      {segments.length > 0 && (
        <Paper withBorder px="md" py="xs" role="toolbar" aria-label="Selected segments">
          <Group gap="sm">
            <Text size="sm" fw={600}>
              {formatSegments(segments.length)} selected
            </Text>
            <Button size="xs" variant="default" onClick={() => start(true)}>
              Activate
            </Button>
            <Button size="xs" variant="default" onClick={() => start(false)}>
              Deactivate
            </Button>
            <Button size="xs" variant="subtle" onClick={onClear}>
              Clear selection
            </Button>
          </Group>
        </Paper>
      )}
      <BulkChangeDialog act={act} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
