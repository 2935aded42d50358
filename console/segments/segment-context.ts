import { createContext, use } from 'react';
import type { SegmentDraft } from './segment-draft.ts';

/** Gives every tab of a segment's page the segment, as stored and as edited. */
export const SegmentContext = createContext<SegmentDraft | undefined>(undefined);

/** The segment whose page this is, as stored and as edited: what is typed in one tab is still there after another. */
export function useSegmentOfPage(): SegmentDraft {
  const draft = use(SegmentContext);
  if (!draft) throw new Error('This is not within the page of a segment');
  return draft;
}
