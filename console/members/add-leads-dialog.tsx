import { Group, Text, Textarea } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useState } from 'react';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { TextLink } from '../parts/link.tsx';
import type { NamedLead } from '../words/lead-name.ts';
import { leadIdsIn } from './lead-ids.ts';
import { LeadPicker } from './lead-picker.tsx';
import { ManualChangeDialog } from './manual-change-dialog.tsx';
import type { PickedSegment } from './segment-picker.tsx';

const questionClosesMs = 300;

interface AddLeadsDialogProps {
  readonly opened: boolean;
  readonly segment: PickedSegment;
  readonly onClose: () => void;
}

/** Adds, pins or excludes leads that are searched for or whose ids are pasted; asks before it drops what was entered. */
export function AddLeadsDialog({ opened, segment, onClose }: AddLeadsDialogProps) {
  const [found, setFound] = useState<NamedLead[]>([]);
  const [text, setText] = useState('');
  const leadIds = [...new Set([...found.map(({ leadId }) => leadId), ...leadIdsIn(text)])];
  const empty = () => {
    setFound([]);
    setText('');
  };
  const drop = () => {
    empty();
    onClose();
  };
  const close = () => {
    if (leadIds.length === 0) return onClose();
    modals.openConfirmModal({
      title: 'Close without adding anybody?',
      children: <Text size="sm">The leads that you entered are lost.</Text>,
      labels: { confirm: 'Discard', cancel: 'Keep editing' },
      confirmProps: { color: 'red' },
      // After the question has given the focus back, so that this dialog gives it back in its turn.
      onConfirm: () => setTimeout(drop, questionClosesMs),
    });
  };
  return (
    <>
      <LeaveGuard isDirty={opened && leadIds.length > 0} text="The leads that you entered are not added yet." />
      <ManualChangeDialog
        opened={opened}
        title={`Add leads to “${segment.name}”`}
        leads={{ count: leadIds.length, leadIds: async () => leadIds }}
        acts={['add', 'pin', 'exclude']}
        segment={segment}
        onChanged={empty}
        onClose={close}
      >
        <LeadPicker label="Find leads" value={found} onChange={setFound} />
        <Textarea
          label="Lead ids"
          description="Paste ids: one a line, or with commas or spaces between them"
          autosize
          minRows={3}
          maxRows={10}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            A whole file?
          </Text>
          <Text size="sm" component="span">
            <TextLink to="/imports" search={{ addTo: segment.id }}>
              Import it, and have its leads added
            </TextLink>
          </Text>
        </Group>
      </ManualChangeDialog>
    </>
  );
}
