import type { AnnouncedRow } from './announced-rows.ts';
import type { AnnouncementStore, KeptAnnouncement } from './announcement-store.ts';
import type { ListedRows } from './listed-row-store.ts';

/** What lists and counts of a segment do not show yet. Moments are epoch ms. */
export interface Unlisted {
  /** Every change sent before is shown. */
  readonly since: number;
  /** All that was decided before is shown. */
  readonly announcedAt: number;
}

/** Compares what was announced with what is listed. */
export interface UnlistedReader {
  /** Tells, for each of these segments whose lists are behind, since when. */
  readonly of: (segmentIds: readonly string[]) => Promise<ReadonlyMap<string, Unlisted>>;
  /** Forgets what is listed, and what is of no active segment: so that those who ask have little to look at. */
  readonly tidy: (activeIds: ReadonlySet<string>) => Promise<void>;
}

/** So many rows are looked at in one call; the others count as not listed. */
const maximumRows = 2_000;

const nameOf = ({ segmentId, leadId, sequence }: AnnouncedRow) => `${segmentId} ${leadId} ${sequence}`;

/** Makes a reader of what lists do not show yet. It remembers what it saw listed, and forgets what it saw listed whole. */
export function createUnlistedReader({
  announcements,
  listed,
}: {
  readonly announcements: Pick<AnnouncementStore, 'all' | 'remove'>;
  readonly listed: ListedRows;
}): UnlistedReader {
  let seen: ReadonlySet<string> = new Set();

  const forget = async (over: readonly KeptAnnouncement[]): Promise<void> => {
    if (over.length > 0) await announcements.remove(over);
  };

  const of: UnlistedReader['of'] = async (segmentIds) => {
    if (segmentIds.length === 0) return new Map();
    const wanted = new Set(segmentIds);
    const kept = [...(await announcements.all())].sort((a, b) => a.announcedAt - b.announcedAt);
    const unseen = kept
      .flatMap(({ rows }) => rows)
      .filter((row) => wanted.has(row.segmentId) && !seen.has(nameOf(row)));
    const found = unseen.length > 0 ? await listed(unseen.slice(0, maximumRows)) : [];
    const now = new Set([...seen, ...found.map(nameOf)]);
    const isListed = (row: AnnouncedRow) => now.has(nameOf(row));
    const over = kept.filter(({ rows }) => rows.every(isListed));
    await forget(over);
    const rest = kept.filter((announcement) => !over.includes(announcement));
    seen = new Set(rest.flatMap(({ rows }) => rows.filter(isListed).map(nameOf)));
    return unlistedBySegment(rest, (row) => wanted.has(row.segmentId) && !isListed(row));
  };

  const tidy: UnlistedReader['tidy'] = async (activeIds) => {
    const kept = await announcements.all();
    const toList = kept.flatMap(({ rows }) => rows).filter(({ segmentId }) => activeIds.has(segmentId));
    const found = new Set((toList.length > 0 ? await listed(toList) : []).map(nameOf));
    await forget(
      kept.filter(({ rows }) => rows.every((row) => !activeIds.has(row.segmentId) || found.has(nameOf(row)))),
    );
  };

  return { of, tidy };
}

function unlistedBySegment(
  announcements: readonly KeptAnnouncement[],
  isUnlisted: (row: AnnouncedRow) => boolean,
): Map<string, Unlisted> {
  const unlisted = new Map<string, Unlisted>();
  for (const { rows, since, announcedAt } of announcements) {
    for (const segmentId of new Set(rows.filter(isUnlisted).map((row) => row.segmentId))) {
      const before = unlisted.get(segmentId);
      unlisted.set(segmentId, {
        since: Math.min(since, before?.since ?? since),
        announcedAt: Math.min(announcedAt, before?.announcedAt ?? announcedAt),
      });
    }
  }
  return unlisted;
}
