import { MembersPanel } from '../members/members-panel.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** Who is in the segment, and who is kept out of it. */
export function MembersTab() {
  const { segment } = useSegmentOfPage();
  return <MembersPanel segment={segment} />;
}
