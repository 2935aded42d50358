import { idInKey } from '../id/id-in-key.ts';
import { shardOf, shards } from '../lead/shard.ts';

/** Reads a page of a segment's members: shard by shard, sorted by lead within each. */
export type MemberPages = (
  from: { readonly shard: number; readonly after?: string },
  limit: number,
) => Promise<{
  readonly members: readonly { readonly leadId: string }[];
  readonly next?: { readonly shard: number; readonly after?: string } | undefined;
}>;

/** How many leads are in these segments, and in none of the others that were compared. */
interface OverlapRegion {
  /** Places in the list of segments, from 0. */
  readonly places: readonly number[];
  readonly leads: number;
}

const parts = 4;
const membersPerPage = 2_000;

/**
 * Compares segments' members by merging their sorted lists, four parts of the shards at a time. Answers a region for each
 * combination of segments, also for those that no lead is in: the first alone, the second alone, both, the third alone, …
 */
export async function overlapOf(segments: readonly MemberPages[]): Promise<OverlapRegion[]> {
  const shardsPerPart = Math.ceil(shards.length / parts);
  const counts = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const [from, end] = [part * shardsPerPart, (part + 1) * shardsPerPart];
      return countCombinations(segments.map((pages) => sortedIds(pages, from, end)));
    }),
  );
  return Array.from({ length: 2 ** segments.length - 1 }, (_, index) => {
    const combination = index + 1;
    const places = segments.flatMap((_pages, place) => (isPartOf(combination, place) ? [place] : []));
    return { places, leads: counts.reduce((sum, part) => sum + part[combination]!, 0) };
  });
}

/** Whether a combination, which has a bit for each list, has that one. */
const isPartOf = (combination: number, place: number) => (combination & (1 << place)) !== 0;

/** Shard and id: the order that pages are in. */
const sortKey = (leadId: string) => `${shardOf(leadId)} ${idInKey(leadId)}`;

async function* sortedIds(pages: MemberPages, fromShard: number, endShard: number): AsyncGenerator<string> {
  let position: Parameters<MemberPages>[0] | undefined = { shard: fromShard };
  while (position && position.shard < endShard) {
    const page: Awaited<ReturnType<MemberPages>> = await pages(position, membersPerPage);
    for (const { leadId } of page.members) {
      if (Number(shardOf(leadId)) >= endShard) return;
      yield sortKey(leadId);
    }
    position = page.next;
  }
}

/** How many texts are in exactly which of the sorted lists, by combination. */
async function countCombinations(lists: readonly AsyncGenerator<string>[]): Promise<number[]> {
  const counts = Array<number>(2 ** lists.length).fill(0);
  const heads = await Promise.all(lists.map(next));
  for (;;) {
    const least = heads.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
    if (least === undefined) return counts;
    let combination = 0;
    for (const [place, head] of heads.entries()) if (head === least) combination |= 1 << place;
    counts[combination]!++;
    for (const [place, list] of lists.entries()) if (isPartOf(combination, place)) heads[place] = await next(list);
  }
}

const next = async (list: AsyncGenerator<string>): Promise<string | undefined> => {
  const { value, done } = await list.next();
  return done ? undefined : value;
};
