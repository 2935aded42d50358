import { ActivityView } from '../activity/activity-view.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** Who came and went. */
export function ActivityTab() {
  const { segment } = useSegmentOfPage();
  return <ActivityView segment={segment} />;
}
