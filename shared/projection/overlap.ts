import { shardOf, shards } from '../lead/shard.ts';

/** Reads a page of a segment's members: shard by shard, sorted by lead within each. */
export type MemberPages = (
  from: { readonly shard: number; readonly after?: string },
  limit: number,
) => Promise<{
  readonly members: readonly { readonly leadId: string }[];
  readonly next?: { readonly shard: number; readonly after?: string } | undefined;
}>;

/** How many leads are in only one of two segments, and in both. */
interface Overlap {
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly both: number;
}

const parts = 4;
const membersPerPage = 2_000;

/** Compares two segments' members by merging the two sorted lists, four parts of the shards at a time. */
export async function overlapOf(here: MemberPages, there: MemberPages): Promise<Overlap> {
  const shardsPerPart = Math.ceil(shards.length / parts);
  const overlaps = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const [from, end] = [part * shardsPerPart, (part + 1) * shardsPerPart];
      return merge(sortedIds(here, from, end), sortedIds(there, from, end));
    }),
  );
  return overlaps.reduce((sum, part) => ({
    onlyHere: sum.onlyHere + part.onlyHere,
    onlyThere: sum.onlyThere + part.onlyThere,
    both: sum.both + part.both,
  }));
}

/** Shard and id: the order that pages are in. */
const sortKey = (leadId: string) => `${shardOf(leadId)} ${leadId}`;

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

async function merge(here: AsyncGenerator<string>, there: AsyncGenerator<string>): Promise<Overlap> {
  const counts = { onlyHere: 0, onlyThere: 0, both: 0 };
  let [a, b] = await Promise.all([here.next(), there.next()]);
  while (!a.done || !b.done) {
    if (b.done || (!a.done && a.value < b.value)) {
      counts.onlyHere++;
      a = await here.next();
    } else if (a.done || b.value < a.value) {
      counts.onlyThere++;
      b = await there.next();
    } else {
      counts.both++;
      [a, b] = await Promise.all([here.next(), there.next()]);
    }
  }
  return counts;
}
