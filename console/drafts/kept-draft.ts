import { z } from 'zod';
import type { Rule } from '../../shared/rule/rule.ts';
import type { SegmentRules } from '../api/answers.ts';

/** Rules as edited and not saved, kept in this browser: what they were edited from, and when last (ISO). */
export interface KeptDraft {
  readonly revision: number;
  readonly base: SegmentRules;
  readonly mine: SegmentRules;
  readonly at: string;
}

const rules = z.object({
  match: z.enum(['all', 'any']),
  rules: z.array(z.custom<Rule>((rule) => typeof rule === 'object')),
});
const draft: z.ZodType<KeptDraft> = z.object({ revision: z.int(), base: rules, mine: rules, at: z.string() });

const placeOf = (segmentId: string) => `lead-segments.draft.${segmentId}`;

/** The draft of a segment, if one is kept. */
export function readDraft(segmentId: string): KeptDraft | undefined {
  try {
    return draft.safeParse(JSON.parse(localStorage.getItem(placeOf(segmentId)) ?? 'null')).data;
  } catch {
    // Not readable, or storage is not allowed: there is no draft.
    return undefined;
  }
}

/** Keeps a draft until it is saved or discarded, where the browser lets it; without one, keeps none. */
export function keepDraft(segmentId: string, kept: KeptDraft | undefined): void {
  try {
    if (kept) localStorage.setItem(placeOf(segmentId), JSON.stringify(kept));
    else localStorage.removeItem(placeOf(segmentId));
  } catch {
    // Storage is full or not allowed: the question before leaving is all there is.
  }
}
