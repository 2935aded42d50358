import type { ReadPacer } from '../aws/read-pacer.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import { shards } from '../lead/shard.ts';
import type { MemberListStore, MemberPosition } from '../projection/member-list-store.ts';
import type { ExportForm } from './export.ts';
import { type ExportedMember, exportedMember } from './exported-member.ts';

/** Members as an export tells them, and where the next begin; without `next` they are the last. */
export interface MemberPage {
  readonly members: readonly ExportedMember[];
  readonly next?: MemberPosition;
}

/** A page of a segment's members. Throws `TimeUp` when time is up before their documents may be read. */
export type ReadMemberPage = (
  segmentId: string,
  form: ExportForm,
  from: MemberPosition,
  isTimeUp: () => boolean,
) => Promise<MemberPage>;

const membersPerPage = 200;

/** Reads members page by page, each with its lead document, which has the last word on who is one. */
export function createMemberReader(
  memberships: MemberListStore,
  leads: LeadStore,
  pace: ReadPacer,
  catalog: { readonly current: () => Promise<Pick<Catalog, 'active'>> },
): ReadMemberPage {
  return async (segmentId, form, from, isTimeUp) => {
    const active = form.segments && (await catalog.current()).active;
    const { members, next } = await memberships.members(segmentId, from, membersPerPage);
    // A document that is read by its key takes a unit, however small it is; few take more.
    const ConsumedCapacity = { CapacityUnits: members.length };
    const read = async () => ({ documents: await leads.read(members.map(({ leadId }) => leadId)), ConsumedCapacity });
    const { documents } = await pace(shards[from.shard] ?? '', read, isTimeUp);
    const told = members.flatMap(({ leadId }) => {
      const document = documents.get(leadId);
      return (document && exportedMember(document, segmentId, form, (id) => active?.has(id) ?? false)) ?? [];
    });
    return { members: told, ...(next && { next }) };
  };
}
