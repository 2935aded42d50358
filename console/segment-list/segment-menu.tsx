import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDotsVertical,
  IconFileTypeCsv,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { useRef } from 'react';
import type { SegmentSummary } from '../api/answers.ts';
import { tellCopied, type useSegmentActs } from '../segments/segment-acts.tsx';

interface SegmentMenuProps {
  readonly segment: SegmentSummary;
  readonly acts: ReturnType<typeof useSegmentActs>;
}

/** What can be done with the segment of a row. */
export function SegmentMenu({ segment, acts }: SegmentMenuProps) {
  const { name, active } = segment;
  const button = useRef<HTMLButtonElement>(null);
  // A dialog gives the focus back to where it was: the item of the menu is gone by then.
  const act = (run: () => unknown) => () => {
    button.current?.focus();
    void run();
  };
  const copy = async () => {
    const made = await acts.copy(segment);
    if (made) tellCopied(made);
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon ref={button} aria-label={`More for ${name}`}>
          <IconDotsVertical size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden="true" />} onClick={act(copy)}>
          Copy
        </Menu.Item>
        <Menu.Item
          leftSection={
            active ? <IconPlayerPause size={16} aria-hidden="true" /> : <IconPlayerPlay size={16} aria-hidden="true" />
          }
          onClick={act(() => acts.setActive(segment, !active))}
        >
          {active ? 'Deactivate' : 'Activate'}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFileTypeCsv size={16} aria-hidden="true" />}
          disabled={!active}
          onClick={act(() => acts.exportCsv(segment))}
        >
          Export CSV
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden="true" />}
          onClick={act(() => acts.askDelete(segment))}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
