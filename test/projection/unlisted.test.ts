import { describe, expect, test } from 'vitest';
import { announcedRows, readRows, writeRows } from '../../shared/projection/announced-rows.ts';
import type { KeptAnnouncement } from '../../shared/projection/announcement-store.ts';
import { createUnlistedReader } from '../../shared/projection/unlisted.ts';

const row = (segmentId: string, leadId: string, sequence = 1) => ({ segmentId, leadId, sequence });

/** Announcements in memory, and lists that show what they are told to. */
function world() {
  const kept = new Set<KeptAnnouncement>();
  const shown = new Set<string>();
  let looks = 0;
  const announcements = {
    all: async () => [...kept],
    remove: async (over: readonly KeptAnnouncement[]) => {
      for (const one of over) kept.delete(one);
    },
  };
  const reader = createUnlistedReader({
    announcements,
    listed: async (rows) => {
      looks += rows.length;
      return rows.filter(({ segmentId, leadId, sequence }) => shown.has(`${segmentId} ${leadId} ${sequence}`));
    },
  });
  return {
    kept,
    reader,
    looks: () => looks,
    announce: (since: number, announcedAt: number, ...rows: ReturnType<typeof row>[]) =>
      kept.add({ key: { pk: 'announcements#0', sk: `${announcedAt}` }, since, announcedAt, rows }),
    show: (...rows: ReturnType<typeof row>[]) => {
      for (const { segmentId, leadId, sequence } of rows) shown.add(`${segmentId} ${leadId} ${sequence}`);
    },
  };
}

describe('what lists do not show yet', () => {
  test('is told for each segment: since when, and from which announcement on', async () => {
    const { reader, announce, show } = world();
    announce(10, 30, row('a', 'l1'), row('b', 'l1'));
    announce(5, 40, row('a', 'l2'));
    show(row('b', 'l1'));
    expect(await reader.of(['a', 'b', 'c'])).toEqual(new Map([['a', { since: 5, announcedAt: 30 }]]));
    show(row('a', 'l2'));
    expect(await reader.of(['a'])).toEqual(new Map([['a', { since: 10, announcedAt: 30 }]]));
    show(row('a', 'l1'));
    expect(await reader.of(['a'])).toEqual(new Map());
  });

  test('is forgotten once all of it was seen listed, by whoever asks for which segments', async () => {
    const { reader, announce, show, kept, looks } = world();
    announce(1, 2, row('a', 'l1'), row('b', 'l1'));
    show(row('a', 'l1'), row('b', 'l1'));
    await reader.of(['a']);
    expect(kept.size).toBe(1);
    await reader.of(['a']);
    expect(looks()).toBe(1);
    await reader.of(['b']);
    expect(kept.size).toBe(0);
  });

  test('counts as not listed where there is too much to look at in one call', async () => {
    const { reader, announce, show } = world();
    const rows = Array.from({ length: 3_000 }, (_, index) => row('a', `l${index}`));
    announce(1, 2, ...rows);
    show(...rows);
    expect((await reader.of(['a'])).get('a')).toEqual({ since: 1, announcedAt: 2 });
    expect(await reader.of(['a'])).toEqual(new Map());
  });

  test('costs nothing to ask of no segment', async () => {
    const { reader, announce, looks } = world();
    announce(1, 2, row('a', 'l1'));
    expect(await reader.of([])).toEqual(new Map());
    expect(looks()).toBe(0);
  });

  test('is tidied: what is listed goes, and what no active segment asks for; the rest stays', async () => {
    const { reader, announce, show, kept } = world();
    announce(1, 2, row('a', 'l1'));
    announce(1, 3, row('gone', 'l1'));
    announce(1, 4, row('a', 'l2'), row('gone', 'l2'));
    show(row('a', 'l1'));
    await reader.tidy(new Set(['a']));
    expect([...kept].map(({ announcedAt }) => announcedAt)).toEqual([4]);
  });
});

describe('what a batch announces', () => {
  const entered = (segmentId: string, sequence: number) => ({ segmentId, sequence }) as never;

  test('is the newest transition of each membership, in parts that have room in an item', () => {
    const outcomes = [
      { leadId: 'l1', transitions: [entered('a', 1), entered('a', 2), entered('b', 1)] },
      { leadId: 'l2', transitions: [] },
    ];
    expect(announcedRows(outcomes)).toEqual([[row('a', 'l1', 2), row('b', 'l1')]]);
    const many = Array.from({ length: 2_001 }, (_, index) => ({ leadId: `l${index}`, transitions: [entered('a', 1)] }));
    expect(announcedRows(many).map(({ length }) => length)).toEqual([2_000, 1]);
    expect(announcedRows([])).toEqual([]);
  });

  test('is read as it was written, whatever is in the ids', () => {
    const rows = [row('seg_A', 'a.b_c:d@e+f|g=h-1', 12), row('seg_A', '7:8', 1), row('seg_B', 'x', 3)];
    expect(readRows(writeRows(rows))).toEqual(rows);
  });
});
