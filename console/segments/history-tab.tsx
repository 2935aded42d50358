import { RevisionsCard } from './revisions-card.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** What each save changed, and the way back. */
export function HistoryTab() {
  return <RevisionsCard draft={useSegmentOfPage()} />;
}
