import type { RowChange } from './membership-row.ts';

/** What a row does to what is kept beside it: the counters of its segment, and the list of leads that are kept out. */
export interface RowMoves {
  /** By how much the segment's members change: -1, 0 or 1. */
  readonly members: number;
  /** Entries and exits by UTC day (`YYYY-MM-DD`). */
  readonly days: Readonly<Record<string, { readonly entered: number; readonly exited: number }>>;
  /** Whether the lead enters or leaves the list of those that are kept out. */
  readonly isListingMoved?: true;
}

/** What moves nothing. */
export const noMoves: RowMoves = { members: 0, days: {} };

/** A row moves the count by what it says, and days by the transitions that the row before it had not seen. */
export function movesOf({ row, transitions }: RowChange, before: { sequence: number; isExcluded: boolean }): RowMoves {
  const fresh = transitions.filter(({ sequence }) => sequence > before.sequence);
  const days = fresh.map(({ sequence, occurredAt }): RowMoves => {
    const day = new Date(occurredAt).toISOString().slice(0, 10);
    const entered = sequence % 2;
    return { members: 0, days: { [day]: { entered, exited: 1 - entered } } };
  });
  return days.reduce(addMoves, {
    members: (row.sequence % 2) - (before.sequence % 2),
    days: {},
    ...(row.isExcluded !== before.isExcluded && { isListingMoved: true }),
  });
}

/** Both together. */
export function addMoves(a: RowMoves, b: RowMoves): RowMoves {
  const days = { ...a.days };
  for (const [day, { entered, exited }] of Object.entries(b.days)) {
    const sum = days[day] ?? { entered: 0, exited: 0 };
    days[day] = { entered: sum.entered + entered, exited: sum.exited + exited };
  }
  const isListingMoved = a.isListingMoved ?? b.isListingMoved;
  return { members: a.members + b.members, days, ...(isListingMoved && { isListingMoved }) };
}
