import type { Cause, Member, Transition } from '../api/answers.ts';

const sources: Record<Member['source'], string> = {
  rules: 'By rules',
  manual: 'Manually',
  pinned: 'Pinned',
  excluded: 'Excluded',
};

/** What brought a lead into a segment, or keeps it out, in words. */
export function sourceWords(source: Member['source']): string {
  return sources[source] ?? source;
}

const reasons: Readonly<Record<string, string>> = {
  rules: 'By rules',
  added_by_hand: 'Added manually',
  pinned: 'Pinned',
  removed_by_hand: 'Removed manually',
  excluded: 'Excluded',
  recalculated: 'Recalculated',
  time_passed: 'Time passed',
  lead_deleted: 'Lead deleted',
};

/** Why a lead entered or left a segment, in words. */
export function reasonWords({ reason }: Pick<Transition, 'reason'>): string {
  return reasons[reason] ?? reason;
}

const causes: Readonly<Record<string, string>> = {
  profile_change: 'a change of the profile',
  level_change: 'a change of a level',
  lead_event: 'an event',
  account_change: 'a change of the account',
  segment_saved: 'a save of the segment',
  lead_deleted: 'the deletion of the lead',
  reconciled: 'a check of all memberships',
};

/** What set a transition off, such as "an event"; undefined where the reason says it already. */
export function causeWords({ kind }: Pick<Cause, 'kind'>): string | undefined {
  return kind === 'by_hand' || kind === 'time_passed' ? undefined : (causes[kind] ?? kind);
}
