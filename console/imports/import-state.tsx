import { Badge } from '@mantine/core';
import type { ListedImport } from '../api/answers.ts';
import { isImportMoving } from '../api/live.ts';
import { formatCount } from '../words/format.ts';

type State = ListedImport['state'];

const words: Readonly<Record<State, string>> = {
  awaiting_upload: 'Waiting for its file',
  inspecting: 'Looking at the file',
  unreadable: 'Cannot be read',
  ready: 'Ready',
  trying: 'Trying',
  queued: 'Waiting to start',
  running: 'Importing',
  adding: 'Adding to the segment',
  cancelling: 'Cancelling',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

const ends: readonly State[] = ['done', 'cancelled', 'failed'];

/** Whether nothing more becomes of an import. */
export function isImportOver({ state }: Pick<ListedImport, 'state'>): boolean {
  return ends.includes(state);
}

/** How far an import is, in words. */
export function ImportState({ state }: Pick<ListedImport, 'state'>) {
  return (
    <Badge variant="outline" color={colorOf(state)} tt="none" size="lg">
      {isImportMoving({ state }) ? `${words[state]} …` : words[state]}
    </Badge>
  );
}

function colorOf(state: State): string {
  if (state === 'failed' || state === 'unreadable') return 'var(--console-bad)';
  if (state === 'done') return 'var(--console-good)';
  return 'var(--mantine-color-dimmed)';
}

/** "1 row", "2 rows". */
export function formatRows(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
}

/** Seconds as "30 s", "5 min", "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
