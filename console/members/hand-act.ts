import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Member } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { keys } from '../api/queries.ts';

/** Where a lead stands in a segment: how it is a member, kept out, or just not in it. */
export type Standing = Member['source'] | 'out';

/** What can be done by hand about one lead in one segment. */
export const handActs = {
  add: { label: 'Add', effect: 'It enters now and stays until the rules are evaluated again and do not hold.' },
  pin: { label: 'Pin', effect: 'It is in and stays in, whatever the rules say.' },
  lift: { label: 'Let the rules decide', effect: 'It is in if the rules hold, out if they do not, from now on.' },
  remove: { label: 'Remove', effect: 'It leaves now and stays out until the rules are evaluated again and hold.' },
  exclude: { label: 'Exclude', effect: 'It is out and stays out, whatever the rules say.' },
} as const;
export type HandAct = keyof typeof handActs;

const inIt: readonly HandAct[] = ['pin', 'remove', 'exclude'];

/** What makes a difference to a lead that stands like that. */
export const actsFor: Readonly<Record<Standing, readonly HandAct[]>> = {
  out: ['add', 'pin', 'exclude'],
  rules: inIt,
  manual: inIt,
  pinned: ['lift', 'remove', 'exclude'],
  excluded: ['lift', 'add', 'pin'],
};

/** Acts by hand about one lead; what is shown of it and of the segment is read again. */
export function useHandAct(segmentId: string, leadId: string) {
  const api = useApi();
  const refresh = useMembershipRefresh(segmentId);
  return useMutation({
    mutationFn: async ({ act, reason }: { act: HandAct; reason: string }) => {
      const { results } = await api.changeMembers(segmentId, { leadIds: [leadId], action: act, reason });
      const [first] = results;
      if (first?.result === 'unknown_lead') throw new Error(`There is no lead ${leadId}`);
      if (first?.result === 'refused') throw new Error(first.detail ?? 'It was refused.');
    },
    onSuccess: refresh,
  });
}

/** Reads again what an act by hand may have changed. */
export function useMembershipRefresh(segmentId: string): () => void {
  const queryClient = useQueryClient();
  return () => {
    const changed = [
      keys.segment(segmentId),
      keys.members(segmentId),
      keys.activity(segmentId),
      ['explanation'],
      ['lead-segments'],
      ['timeline'],
    ];
    for (const queryKey of changed) void queryClient.invalidateQueries({ queryKey });
  };
}
