import { Outlet, useParams } from '@tanstack/react-router';
import type { SegmentWithRules } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { useSegment } from '../api/queries.ts';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { TextLink } from '../parts/link.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page, PageFrame, usePageTitle } from '../parts/page.tsx';
import { SegmentContext } from './segment-context.ts';
import { useSegmentDraft } from './segment-draft.ts';
import { SegmentHeader } from './segment-header.tsx';
import { SegmentTabs } from './segment-tabs.tsx';

/** One segment: its header, and the tab that the address names. */
export function SegmentPage() {
  const { segmentId } = useParams({ from: '/segments/$segmentId' });
  const segment = useSegment(segmentId);
  if (segment.isPending) {
    return (
      <Page heading="Segment">
        <Loading what="the segment" />
      </Page>
    );
  }
  if (!segment.data) {
    const isUnknown = segment.error instanceof ApiProblem && segment.error.status === 404;
    return (
      <Page heading="Segment">
        <ProblemNotice
          title="The segment could not be read"
          error={segment.error}
          onRetry={isUnknown ? undefined : () => void segment.refetch()}
        >
          <TextLink to="/segments">All segments</TextLink>
        </ProblemNotice>
      </Page>
    );
  }
  return (
    <>
      {segment.isError && <ProblemNotice title="What you see may be old" error={segment.error} />}
      <SegmentEditor key={segmentId} latest={segment.data} />
    </>
  );
}

function SegmentEditor({ latest }: { latest: SegmentWithRules }) {
  const draft = useSegmentDraft(latest);
  usePageTitle(draft.segment.name);
  return (
    <SegmentContext value={draft}>
      <LeaveGuard
        isDirty={draft.isDirty}
        text="The rules have changes that are not saved."
        within={`/segments/${latest.id}/`}
      />
      <PageFrame>
        <SegmentHeader segment={draft.segment} isDirty={draft.isDirty} />
        <SegmentTabs segmentId={latest.id} />
        <Outlet />
      </PageFrame>
    </SegmentContext>
  );
}
