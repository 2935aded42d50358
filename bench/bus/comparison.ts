import type { LeadDocument, MembershipState } from '../../shared/lead/lead-document.ts';
import type { ToldOfPair } from './told.ts';

/**
 * Why the newest event of a lead and segment does not say what the rules say at that moment:
 * - `inFlight`: the document says it, its event is not told yet;
 * - `silent`: the document says it, by a transition that is not to be told;
 * - `timeFlip`: the document does not say it yet: its due moment has come, and was not worked on yet;
 * - `onTheWay`: the document does not say it yet: a change that was sent, or a save, was not worked on yet.
 */
export type Mismatch = 'inFlight' | 'silent' | 'timeFlip' | 'onTheWay';

/** A lead in a segment as it was found. */
export interface Found {
  readonly document: Pick<LeadDocument, 'dueAt' | 'isOverdue'>;
  readonly state: MembershipState | undefined;
  readonly told: ToldOfPair;
  /** The moment (epoch ms) of the comparison, and what the rules say then and at the document's last evaluation. */
  readonly moment: number;
  readonly holds: boolean;
  readonly heldWhenEvaluated: () => boolean;
}

const isIn = (sequence: number) => sequence % 2 === 1;

/** Whether the newest event told disagrees with the rules, and why; undefined when they agree. */
export function mismatchOf(found: Found): Mismatch | undefined {
  const { document, state, told, moment, holds } = found;
  if (isIn(told.sequence) === holds) return undefined;
  const isMember = isIn(state?.sequence ?? 0);
  if (isMember === holds) return state?.silent ? 'silent' : 'inFlight';
  const isDue = document.isOverdue === true || (document.dueAt !== undefined && document.dueAt <= moment);
  return isDue && found.heldWhenEvaluated() === isMember ? 'timeFlip' : 'onTheWay';
}

/** What was found of all comparisons so far. */
export class Findings {
  compared = 0;
  /** Events told of a sequence that the document, read after that, does not have yet. */
  toldBeforeStored = 0;
  /** Pairs that the event told last, or the one with the latest `occurredAt`, would get wrong, and the newest would not. */
  wrongByDelivery = 0;
  wrongByMoment = 0;
  readonly mismatches: Record<Mismatch, number> = { inFlight: 0, silent: 0, timeFlip: 0, onTheWay: 0 };
  /** Of each kind, how long (ms) it had lasted when it was found. */
  readonly ages: Record<Mismatch, number[]> = { inFlight: [], silent: [], timeFlip: [], onTheWay: [] };
  /** Of each kind, in how many segments at once a lead was found with it: leads by number of segments. */
  readonly atOnce: Record<Mismatch, Map<number, number>> = {
    inFlight: new Map(),
    silent: new Map(),
    timeFlip: new Map(),
    onTheWay: new Map(),
  };

  /** Notes what was found of one lead, by segment. */
  noteLead(found: readonly Mismatch[]): void {
    for (const kind of new Set(found)) {
      const segments = found.filter((one) => one === kind).length;
      this.mismatches[kind] += segments;
      const leads = this.atOnce[kind];
      leads.set(segments, (leads.get(segments) ?? 0) + 1);
    }
  }

  noteOrder({ sequence, lastDelivered, latestByMoment }: ToldOfPair): void {
    if (isIn(lastDelivered) !== isIn(sequence)) this.wrongByDelivery++;
    if (isIn(latestByMoment) !== isIn(sequence)) this.wrongByMoment++;
  }
}
