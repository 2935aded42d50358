import { chunk } from '../batch/batch.ts';
import type { Transition } from '../lead/outbox.ts';

/** An entry or exit that is decided: lists and counts show it once the row is that far. */
export interface AnnouncedRow {
  readonly segmentId: string;
  readonly leadId: string;
  readonly sequence: number;
}

/** What one batch of leads has announced. */
export interface Announcement {
  /** Whatever caused it was sent then (epoch ms) or later. */
  readonly since: number;
  /** When the batch was done (epoch ms). */
  readonly announcedAt: number;
  readonly rows: readonly AnnouncedRow[];
}

/** So many rows, with the longest of ids, take three quarters of what an item may hold. */
const maximumRows = 2_000;

/** The newest transition of each membership, in as many parts as have room in an item each. */
export function announcedRows(
  outcomes: Iterable<{ readonly leadId: string; readonly transitions: readonly Transition[] }>,
): AnnouncedRow[][] {
  const rows = [...outcomes].flatMap(({ leadId, transitions }) => {
    const newest = new Map<string, number>();
    for (const { segmentId, sequence } of transitions) {
      newest.set(segmentId, Math.max(sequence, newest.get(segmentId) ?? 0));
    }
    return [...newest].map(([segmentId, sequence]): AnnouncedRow => ({ segmentId, leadId, sequence }));
  });
  return chunk(rows, maximumRows);
}

/** Rows as one text: a line for each segment, with `SEQUENCE:LEAD` after its id; no id has a space in it. */
export function writeRows(rows: readonly AnnouncedRow[]): string {
  const bySegment = new Map<string, string[]>();
  for (const { segmentId, leadId, sequence } of rows) {
    const words = bySegment.get(segmentId) ?? [segmentId];
    bySegment.set(segmentId, words);
    words.push(`${sequence}:${leadId}`);
  }
  return [...bySegment.values()].map((words) => words.join(' ')).join('\n');
}

/** What `writeRows` wrote. */
export function readRows(text: string): AnnouncedRow[] {
  return text.split('\n').flatMap((line) => {
    const [segmentId = '', ...words] = line.split(' ');
    return words.map((word): AnnouncedRow => {
      const colon = word.indexOf(':');
      return { segmentId, leadId: word.slice(colon + 1), sequence: Number(word.slice(0, colon)) };
    });
  });
}
