import type { ChangedLead, Member } from '../api/answers.ts';
import { formatCount, formatLeads } from '../words/format.ts';

/** Where a lead stands in a segment: how it is a member, kept out, or just not in it. */
export type Standing = Member['source'] | 'out';

/** What people can do about leads in a segment, in words; `effect` goes on after "They" or "It". */
export const manualActs = {
  add: {
    label: 'Add',
    effect: 'Until the rules say otherwise: in now, and out when the rules are evaluated again and do not hold.',
    done: 'added',
    already: 'in it already',
  },
  pin: { label: 'Pin', effect: 'In, whatever the rules say.', done: 'pinned', already: 'pinned already' },
  lift: {
    label: 'Let the rules decide',
    effect: 'In if the rules hold, out if they do not, from now on.',
    done: 'left to the rules',
    already: 'left to the rules already',
  },
  remove: {
    label: 'Remove',
    effect: 'Out now, and in again when the rules are evaluated again and hold.',
    done: 'removed',
    already: 'out already',
  },
  exclude: { label: 'Exclude', effect: 'Out, whatever the rules say.', done: 'excluded', already: 'excluded already' },
} as const;

/** The name of a manual act, as the API takes it. */
export type ManualAct = keyof typeof manualActs;

const inIt: readonly ManualAct[] = ['pin', 'remove', 'exclude'];

/** What makes a difference to a lead that stands like that. */
export const actsFor: Readonly<Record<Standing, readonly ManualAct[]>> = {
  out: ['add', 'pin', 'exclude'],
  rules: inIt,
  manual: inIt,
  pinned: ['lift', 'remove', 'exclude'],
  excluded: ['lift', 'add', 'pin'],
};

/** What becomes of a lead, the worst first. */
const outcomes: readonly string[] = ['refused', 'unknown_lead', 'done', 'unchanged'];

/** What became of leads in a line: "12 added, 3 in it already, 1 unknown". */
export function outcomeWords(results: readonly Pick<ChangedLead, 'result'>[], act: ManualAct): string {
  const words = {
    done: manualActs[act].done,
    unchanged: manualActs[act].already,
    unknown_lead: 'unknown',
    refused: 'refused',
  };
  const counted = (['done', 'unchanged', 'unknown_lead', 'refused'] as const).flatMap((outcome) => {
    const count = results.filter(({ result }) => result === outcome).length;
    return count > 0 ? [`${formatCount(count)} ${words[outcome]}`] : [];
  });
  return counted.join(', ') || 'No lead was named';
}

/** What became of one lead, as a short sentence. */
export function resultWords({ result, detail, wasExcluded, wasMember }: ChangedLead, act: ManualAct): string {
  switch (result) {
    case 'unknown_lead':
      return 'There is no such lead';
    case 'refused':
      return `Refused: ${detail}`;
    case 'done': {
      const before = wasExcluded ? '; was excluded until now' : wasMember && act === 'pin' ? '; was in it before' : '';
      return upperFirst(manualActs[act].done) + before;
    }
    default:
      return upperFirst(manualActs[act].already);
  }
}

/** Results as they are read: what went wrong first; a lead that was named twice stands there once. */
export function worstFirst(results: readonly ChangedLead[]): ChangedLead[] {
  const placeOf = ({ result }: ChangedLead) => outcomes.indexOf(result);
  return results.filter(({ result }) => result !== 'repeated').sort((a, b) => placeOf(a) - placeOf(b));
}

/** "Add 12 leads"; of leads that are not counted "Add all that match". */
export function actOnLeads(act: ManualAct, count: number | undefined): string {
  const whom = count === undefined ? 'all that match' : formatLeads(count);
  return act === 'lift' ? `Let the rules decide about ${whom}` : `${manualActs[act].label} ${whom}`;
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
