import { OverlapCard } from './overlap-card.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** How many leads the segment has in common with another one. */
export function OverlapTab() {
  const { segment } = useSegmentOfPage();
  return <OverlapCard segment={segment} />;
}
