import { ActivityCard } from './activity-card.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** Who came and went. */
export function ActivityTab() {
  const { segment } = useSegmentOfPage();
  return <ActivityCard segmentId={segment.id} />;
}
