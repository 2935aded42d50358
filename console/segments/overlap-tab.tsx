import { Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { comparedIds, searchOfIds } from '../overlap/compare-search.ts';
import { mostCompared } from '../overlap/overlap-queries.ts';
import { OverlapView } from '../overlap/overlap-view.tsx';
import { SegmentPicker } from '../overlap/segment-picker.tsx';
import { useSegmentOfPage } from './segment-context.ts';

/** How many leads the segment has in common with up to three others. */
export function OverlapTab() {
  const { segment } = useSegmentOfPage();
  const most = mostCompared - 1;
  const ids = comparedIds(useSearch({ from: '/segments/$segmentId/overlap' }), most).filter((id) => id !== segment.id);
  const navigate = useNavigate({ from: '/segments/$segmentId/overlap' });
  if (!segment.active) return <Text c="dimmed">Inactive: nobody is in it to be compared. Activate it first.</Text>;
  return (
    <>
      <SegmentPicker
        label="Compare with up to three segments"
        ids={ids}
        most={most}
        without={segment.id}
        onChange={(chosen) => void navigate({ search: searchOfIds(chosen), replace: true })}
      />
      {ids.length > 0 && <OverlapView segmentIds={[segment.id, ...ids]} />}
    </>
  );
}
