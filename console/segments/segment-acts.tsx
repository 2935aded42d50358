import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { exportFileName } from '../../shared/export/export-file-name.ts';
import type { AnswerTo, SegmentSummary } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';
import { announce } from '../parts/announcer.tsx';
import { download } from '../parts/download.ts';
import { lazyDialog } from '../parts/lazy-dialog.tsx';
import { useImpactQuestion } from '../saving/save-impact.tsx';
import { formatCount, formatLeads } from '../words/format.ts';
import { DependantList } from './dependant-list.tsx';
import { blockersOf, type Dependant, refreshSegment } from './segment-queries.ts';

/** What the acts need to know of a segment. */
export type SegmentToActOn = Pick<SegmentSummary, 'id' | 'name' | 'active' | 'memberCount' | 'revision'>;

const DeleteSegmentDialog = lazyDialog(async () => (await import('./delete-segment-dialog.tsx')).DeleteSegmentDialog);

const exportPollMs = 2_000;

/** What can be done with a segment from its row and from its page, each with the question that it needs. */
export function useSegmentActs() {
  const api = useApi();
  const queryClient = useQueryClient();
  const { ask } = useImpactQuestion();
  const [changingId, setChangingId] = useState<string>();
  const [blocked, setBlocked] = useState<{ name: string; blockers: Dependant[] }>();
  const [deletion, setDeletion] = useState<{ segment: SegmentToActOn; onDeleted?: (() => void) | undefined }>();
  const [open, setOpen] = useState<'blocked' | 'deletion'>();

  /** Activates or deactivates. `save`: by whom it is written, if not here. */
  const setActive = async (
    { id, name, memberCount, revision }: SegmentToActOn,
    active: boolean,
    save?: (options: { notify: boolean }) => Promise<unknown>,
  ) => {
    const request = { parts: { segmentId: id }, body: { active }, revision };
    const act = active ? 'Activate' : 'Deactivate';
    setChangingId(id);
    try {
      if (!active) {
        const { dependants } = await api.call('GET /segments/{segmentId}/dependants', { parts: { segmentId: id } });
        const blockers = blockersOf(dependants);
        if (blockers.length > 0) {
          setBlocked({ name, blockers });
          return setOpen('blocked');
        }
      }
      const write = async ({ notify }: { notify: boolean }) => {
        const query = { notify: String(notify) };
        await (save ? save({ notify }) : api.call('PATCH /segments/{segmentId}', { ...request, query }));
        return true;
      };
      const isDone = await ask({
        title: `${act} “${name}”?`,
        confirmLabel: act,
        members: memberCount,
        dryRun: () => api.tryOut('PATCH /segments/{segmentId}', request),
        save: write,
        always: !active && memberCount > 0,
        isSilent: !active,
        note: !active && <Text>{frozen(memberCount)}</Text>,
      });
      if (isDone) announce(`${name} is ${active ? 'active' : 'inactive'} now.`);
    } catch (error) {
      tellProblem(`“${name}” was not ${active ? 'activated' : 'deactivated'}`, error);
    } finally {
      setChangingId(undefined);
      refreshSegment(queryClient, id);
    }
  };

  /** Makes a copy, and answers it; undefined where it was refused. */
  const copy = async ({ id, name }: SegmentToActOn) => {
    try {
      const made = await api.call('POST /segments/{segmentId}/copy', { parts: { segmentId: id } });
      void queryClient.invalidateQueries({ queryKey: keys.segments });
      return made;
    } catch (error) {
      tellProblem(`“${name}” was not copied`, error);
      return undefined;
    }
  };

  /** Saves the members as CSV; where they are many, once their file is written, wherever one is in the console then. */
  const exportCsv = async ({ id, name }: SegmentToActOn) => {
    const notice = notifications.show({ message: `Exporting “${name}” …`, loading: true, autoClose: false });
    const finish = (message: React.ReactNode) =>
      notifications.update({ id: notice, message, loading: false, autoClose: 60_000 });
    try {
      const request = { parts: { segmentId: id }, query: { format: 'csv' } };
      const answer = await api.ask('GET /segments/{segmentId}/export', request);
      if (answer.status !== 202) {
        download(await answer.blob(), exportFileName(name, id, 'csv'));
        return notifications.hide(notice);
      }
      const { exportId } = (await answer.json()) as AnswerTo<'GET /segments/{segmentId}/export'>;
      for (;;) {
        const { state, rows, url, reason } = await api.call('GET /exports/{exportId}', { parts: { exportId } });
        if (state === 'failed') throw new Error(reason ?? 'The export failed.');
        if (state === 'done' && url) {
          return finish(
            <a href={url} download>
              Download {formatLeads(rows)} of “{name}”
            </a>,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, exportPollMs));
      }
    } catch (error) {
      notifications.hide(notice);
      tellProblem(`“${name}” was not exported`, error);
    }
  };

  const close = () => setOpen(undefined);
  return {
    setActive,
    /** The segment that is being activated or deactivated. */
    changingId,
    copy,
    exportCsv,
    askDelete: (segment: SegmentToActOn, onDeleted?: () => void) => {
      setDeletion({ segment, onDeleted });
      setOpen('deletion');
    },
    /** To be rendered where these acts are offered. */
    dialogs: (
      <>
        <Modal opened={open === 'blocked'} onClose={close} title={`“${blocked?.name}” is in use`}>
          <Stack>
            <Text>It cannot be deactivated while active segments use it in their rules:</Text>
            <DependantList dependants={blocked?.blockers ?? []} />
            <Group justify="flex-end">
              <Button variant="default" data-autofocus onClick={close}>
                Close
              </Button>
            </Group>
          </Stack>
        </Modal>
        <DeleteSegmentDialog
          segment={deletion?.segment}
          onDeleted={deletion?.onDeleted}
          isOpen={open === 'deletion'}
          onClose={close}
        />
      </>
    ),
  };
}

function frozen(members: number): string {
  return members > 0
    ? `It is not evaluated any more and shows no members: ${formatCount(members)} are in it now. No exits are published.`
    : 'It is not evaluated any more.';
}

/** Tells of a copy without leaving the page. */
export function tellCopied({ id, name }: Pick<SegmentSummary, 'id' | 'name'>): void {
  notifications.show({
    title: 'Copied',
    // Notifications stand beside the router, where its links do not work.
    message: <a href={`#/segments/${encodeURIComponent(id)}/rules`}>Open “{name}”</a>,
  });
}

/** Tells what was refused. */
export function tellProblem(title: string, error: unknown): void {
  notifications.show({ color: 'red', title, message: error instanceof Error ? error.message : String(error) });
}
