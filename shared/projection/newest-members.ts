import type { LeadTransition, Span, TransitionPosition } from './activity-store.ts';
import type { Member, MemberFilter, MemberListStore } from './member-list-store.ts';

/** What the list of the newest members is read from. */
export interface NewestMembersPorts extends Pick<MemberListStore, 'membersAmong'> {
  /** A page of a segment's transitions, newest first. */
  readonly transitions: (
    segmentId: string,
    after: TransitionPosition | undefined,
    limit: number,
    span: Span,
  ) => Promise<{ transitions: readonly LeadTransition[]; next?: TransitionPosition }>;
  /** Asked after each page: whether the list is to end with what was found. */
  readonly isTimeUp: () => boolean;
}

/** A member, with the entry after which the list goes on behind it. */
export interface NewestMember {
  readonly member: Member;
  readonly position: TransitionPosition;
}

/**
 * Up to `limit` members who entered within a span, those who entered last first: the entries among the segment's
 * transitions that nothing followed. Few are found where most have left again; `next` goes on, without it there are no more.
 */
export async function newestMembers(
  { transitions, membersAmong, isTimeUp }: NewestMembersPorts,
  segmentId: string,
  { source, prefix = '' }: Pick<MemberFilter, 'source' | 'prefix'>,
  span: Span,
  from: TransitionPosition | undefined,
  limit: number,
): Promise<{ members: readonly NewestMember[]; next?: TransitionPosition }> {
  const found: NewestMember[] = [];
  let after = from;
  do {
    const page = await transitions(segmentId, after, limit, span);
    const entries = page.transitions.filter(
      ({ leadId, transition }) => transition.sequence % 2 === 1 && leadId.startsWith(prefix),
    );
    const members = await membersAmong(segmentId, [...new Set(entries.map(({ leadId }) => leadId))]);
    for (const { leadId, transition } of entries) {
      const { member, sequence } = members.get(leadId) ?? {};
      if (!member || sequence !== transition.sequence || (source !== undefined && source !== member.source)) continue;
      const position = { at: new Date(transition.occurredAt).toISOString(), leadId, sequence };
      if (found.length === limit) return { members: found, next: found.at(-1)!.position };
      found.push({ member, position });
    }
    after = page.next;
  } while (after && found.length < limit && !isTimeUp());
  return { members: found, ...(after && { next: after }) };
}
