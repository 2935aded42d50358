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
    fc.asyncProperty(leads, leads, async (one, other) => {
      const [here, there] = [one, other].map((numbers) => numbers.map((number) => `lead-${number}`)) as [
        string[],
        string[],
      ];
      const both = here.filter((id) => there.includes(id)).length;
      expect(await overlapOf(pagesOf(here), pagesOf(there))).toEqual({
        onlyHere: here.length - both,
        onlyThere: there.length - both,
        both,
      });
    }),
  );
});
