import { Text } from '@mantine/core';
import { useState } from 'react';
import { ManualChangeDialog } from './manual-change-dialog.tsx';
import { type PickedSegment, SegmentPicker } from './segment-picker.tsx';
import type { ChosenLeads } from './selection.tsx';

interface AddToSegmentDialogProps {
  readonly opened: boolean;
  readonly leads: ChosenLeads;
  /** Who they are, as a sentence. */
  readonly who: string;
  /** Segments that they are in already. */
  readonly except?: readonly string[];
  readonly onClose: (changed: boolean) => void;
}

/** "Add to Segment": chooses a segment, and whether the leads stay there whatever its rules say. */
export function AddToSegmentDialog({ opened, leads, who, except = [], onClose }: AddToSegmentDialogProps) {
  const [segment, setSegment] = useState<PickedSegment>();
  return (
    <ManualChangeDialog
      opened={opened}
      title="Add to Segment"
      leads={leads}
      acts={['add', 'pin']}
      segment={segment}
      onClose={(changed) => {
        if (changed) setSegment(undefined);
        onClose(changed);
      }}
    >
      <Text size="sm">{who}</Text>
      <SegmentPicker
        label="Segment"
        description="Only active segments take leads"
        value={segment}
        onChange={setSegment}
        except={except}
      />
    </ManualChangeDialog>
  );
}
