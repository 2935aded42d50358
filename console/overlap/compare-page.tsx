import { useNavigate, useSearch } from '@tanstack/react-router';
import { Empty } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { comparedIds, searchOfIds } from './compare-search.ts';
import { mostCompared } from './overlap-queries.ts';
import { OverlapView } from './overlap-view.tsx';
import { SegmentPicker } from './segment-picker.tsx';

/** Analyze > Segments: who is in which of up to four segments. */
export function ComparePage() {
  const ids = comparedIds(useSearch({ from: '/compare' }));
  const navigate = useNavigate({ from: '/compare' });
  return (
    <Page heading="Compare segments">
      <SegmentPicker
        label="Segments, two to four"
        ids={ids}
        most={mostCompared}
        onChange={(chosen) => void navigate({ search: searchOfIds(chosen), replace: true })}
      />
      {ids.length > 1 ? (
        <OverlapView segmentIds={ids} />
      ) : (
        <Empty title="Choose two to four segments to see who is in which of them" />
      )}
    </Page>
  );
}
