import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import { type MemberPages, overlapOf } from '../../shared/projection/overlap.ts';

/** Pages as the store of memberships gives them, at most two members long. */
function pagesOf(members: readonly string[]): MemberPages {
  return async ({ shard, after }, limit) => {
    const found: { leadId: string }[] = [];
    for (let here = shard; here < shards.length; here++) {
      let last = here === shard ? after : undefined;
      const inShard = members.filter((id) => shardOf(id) === shards[here]).sort();
      for (const leadId of inShard.filter((id) => last === undefined || id > last)) {
        if (found.length === Math.min(limit, 2)) {
          return { members: found, next: { shard: here, ...(last !== undefined && { after: last }) } };
        }
        found.push({ leadId });
        last = leadId;
      }
    }
    return { members: found };
  };
}

test('counts as sets do, whoever is in which shard', async () => {
  const leads = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(leads, { minLength: 2, maxLength: 4 }), async (numbers) => {
      const segments = numbers.map((of) => of.map((number) => `lead-${number}`));
      const everybody = [...new Set(segments.flat())];
      const regions = await overlapOf(segments.map(pagesOf));
      expect(regions).toHaveLength(2 ** segments.length - 1);
      for (const { places, leads: found } of regions) {
        const isExactlyThere = (id: string) =>
          segments.every((ids, place) => ids.includes(id) === places.includes(place));
        expect(found).toBe(everybody.filter(isExactlyThere).length);
      }
      expect(new Set(regions.map(({ places }) => places.join())).size).toBe(regions.length);
    }),
    { numRuns: 60 },
  );
});

test('the regions of two segments: the first alone, the second alone, both', async () => {
  const regions = await overlapOf([pagesOf(['a', 'b', 'c']), pagesOf(['c', 'd'])]);
  expect(regions).toEqual([
    { places: [0], leads: 2 },
    { places: [1], leads: 1 },
    { places: [0, 1], leads: 1 },
  ]);
});
