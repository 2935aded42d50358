import { ActionIcon, Button, Group, Menu, Switch, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconCopy, IconDotsVertical, IconFileTypeCsv, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { memo, useRef, useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { TextLink } from '../parts/link.tsx';
import { PageHeading } from '../parts/page.tsx';
import { EditSegmentDialog } from './edit-segment-dialog.tsx';
import { tellCopied, useSegmentActs } from './segment-acts.tsx';
import classes from './segment-header.module.css';

interface SegmentHeaderProps {
  readonly segment: SegmentWithRules;
  /** Its rules have changes that are not saved. */
  readonly isDirty: boolean;
}

/** The segment's name, description and state, and what can be done with all of it. */
export const SegmentHeader = memo(function SegmentHeader({ segment, isDirty }: SegmentHeaderProps) {
  const { id, name, description, active, revision } = segment;
  const api = useApi();
  const navigate = useNavigate();
  const router = useRouter();
  const queryClient = useQueryClient();
  const acts = useSegmentActs();
  const [isEditing, setEditing] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  // A dialog gives the focus back to where it was: the item of the menu is gone by then.
  const fromMenu = (run: () => unknown) => () => {
    more.current?.focus();
    void run();
  };

  const setActive = (wanted: boolean) =>
    acts.setActive(segment, wanted, async ({ notify }) => {
      const request = { parts: { segmentId: id }, body: { active: wanted }, revision };
      const saved = await api.call('PATCH /segments/{segmentId}', { ...request, query: { notify: String(notify) } });
      queryClient.setQueryData(keys.segment(id), saved);
    });
  const copySaved = async () => {
    const made = await acts.copy(segment);
    if (!made) return;
    // What is not saved stays here, where it can be; who has left meanwhile is not taken back.
    if (isDirty || !router.latestLocation.pathname.startsWith(`/segments/${id}/`)) tellCopied(made);
    else void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: made.id } });
  };
  const copy = () => {
    if (!isDirty) return copySaved();
    modals.openConfirmModal({
      title: 'Copy what is saved?',
      children: <Text>The rules have changes that are not saved. The copy will not have them; they stay here.</Text>,
      labels: { confirm: 'Copy what is saved', cancel: 'Cancel' },
      onConfirm: () => void copySaved(),
    });
  };

  return (
    <>
      <nav aria-label="Way back" className={classes.back}>
        <TextLink to="/segments">
          <span aria-hidden="true">‹ </span>Segments
        </TextLink>
      </nav>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.title}>
          <PageHeading>{name}</PageHeading>
          <Text c="dimmed" className={classes.description}>
            {description || 'No description'}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          <Switch
            label="Active"
            checked={active}
            aria-busy={acts.changingId === id}
            onChange={(event) => acts.changingId !== id && void setActive(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden="true" />}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
          <Button
            variant="default"
            visibleFrom="xs"
            leftSection={<IconCopy size={16} aria-hidden="true" />}
            onClick={() => void copy()}
          >
            Copy
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon ref={more} size="lg" variant="default" aria-label="More">
                <IconDotsVertical size={18} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                hiddenFrom="xs"
                leftSection={<IconCopy size={16} aria-hidden="true" />}
                onClick={fromMenu(copy)}
              >
                Copy
              </Menu.Item>
              <Menu.Item
                leftSection={<IconFileTypeCsv size={16} aria-hidden="true" />}
                disabled={!active}
                onClick={fromMenu(() => acts.exportCsv(segment))}
              >
                Export CSV
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={16} aria-hidden="true" />}
                onClick={fromMenu(() =>
                  acts.askDelete(segment, () => {
                    void navigate({ to: '/segments', ignoreBlocker: true });
                    queryClient.removeQueries({ queryKey: keys.segment(id) });
                  }),
                )}
              >
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      <EditSegmentDialog segment={segment} isOpen={isEditing} onClose={() => setEditing(false)} />
      {acts.dialogs}
    </>
  );
});
