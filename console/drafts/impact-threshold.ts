import type { DryRunAnswer } from '../api/answers.ts';

/** From how many moves on a save is asked about: leads in all segments, or a percentage of the segment's members. */
export interface ImpactThreshold {
  readonly leads: number;
  readonly percent: number;
}

const usual: ImpactThreshold = { leads: 100, percent: 10 };
const place = 'lead-segments.ask-from';

/** Leads that enter and leave. */
export interface Moves {
  readonly entering: number;
  readonly leaving: number;
}

/** What a save does to the segment itself, and together to those that refer to it. */
export function movesOf({ effects, segment }: DryRunAnswer): { own: Moves; others: Moves; otherNames: string[] } {
  const [own, ...others] = segment ? effects : [undefined, ...effects];
  const sum = (key: keyof Moves) => others.reduce((all, effect) => all + (effect?.[key] ?? 0), 0);
  return {
    own: { entering: own?.entering ?? 0, leaving: own?.leaving ?? 0 },
    others: { entering: sum('entering'), leaving: sum('leaving') },
    otherNames: others.flatMap((effect) => effect?.name ?? []),
  };
}

/** Whether a save moves so many that a person is asked first. What is not counted to the end may be anything. */
export function isWorthAsking(found: DryRunAnswer, members: number, { leads, percent }: ImpactThreshold): boolean {
  if (!found.exact) return true;
  const { own, others } = movesOf(found);
  const moved = own.entering + own.leaving;
  const isMuch = moved > 0 && members > 0 && moved * 100 >= members * percent;
  return isMuch || moved + others.entering + others.leaving >= leads;
}

/** The threshold that this person has set. */
export function readThreshold(): ImpactThreshold {
  try {
    const { leads, percent } = JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<ImpactThreshold>;
    return { leads: leads ?? usual.leads, percent: percent ?? usual.percent };
  } catch {
    // Not readable, or storage is not allowed: as if nothing was set.
    return usual;
  }
}

/** Keeps a threshold for this person, where the browser lets it. */
export function keepThreshold(threshold: ImpactThreshold): void {
  try {
    localStorage.setItem(place, JSON.stringify(threshold));
  } catch {
    // Without storage it holds no longer than the question.
  }
}
