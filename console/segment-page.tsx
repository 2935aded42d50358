import { ActivityCard } from './activity-card.tsx';
import type { SegmentWithRules } from './api-answers.ts';
import { ApiProblem } from './api-problem.ts';
import { MembersCard } from './members-card.tsx';
import { Loading, ProblemNotice } from './notice.tsx';
import { OverlapCard } from './overlap-card.tsx';
import { usePageTitle } from './page-title.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { useSegment } from './queries.ts';
import { RevisionsCard } from './revisions-card.tsx';
import { hrefs, useLeaveQuestion } from './route.ts';
import { RulesCard } from './rules-card.tsx';
import { useRulesPreview } from './rules-preview.ts';
import { useSegmentDraft } from './segment-draft.ts';
import { SegmentHeader } from './segment-header.tsx';
import { SegmentSummaryCard } from './segment-summary-card.tsx';

/** One segment: what it is, its rules with a preview, and who is in it. */
export function SegmentPage({ segmentId }: { segmentId: string }) {
  const segment = useSegment(segmentId);
  usePageTitle(segment.data?.name ?? 'Segment');
  if (segment.isPending) return <Loading what="the segment" />;
  if (!segment.data) {
    const isUnknown = segment.error instanceof ApiProblem && segment.error.status === 404;
    return (
      <ProblemNotice
        title="The segment could not be read"
        error={segment.error}
        onRetry={isUnknown ? undefined : () => void segment.refetch()}
      >
        <a href={hrefs.segments}>All segments</a>
      </ProblemNotice>
    );
  }
  return (
    <>
      {segment.isError && <ProblemNotice title="What you see may be old" error={segment.error} />}
      <SegmentEditor latest={segment.data} />
    </>
  );
}

function SegmentEditor({ latest }: { latest: SegmentWithRules }) {
  const draft = useSegmentDraft(latest);
  const preview = useRulesPreview(draft);
  useLeaveQuestion(draft.isDirty ? 'The rules have changes that are not saved. Leave and lose them?' : undefined);
  return (
    <>
      <SegmentHeader draft={draft} />
      {draft.isOutdated && (
        <div className="notice notice-warn" role="alert">
          <div>
            <strong>Somebody else changed this segment</strong>
            <p>Reload to see their version. Your changes of the rules that are not saved will be gone.</p>
          </div>
          <div className="notice-actions">
            <button type="button" onClick={() => void draft.reload()}>
              Reload
            </button>
          </div>
        </div>
      )}
      <div className="segment-columns">
        <RulesCard draft={draft} preview={preview} />
        <aside aria-label="Size and preview">
          <SegmentSummaryCard segment={draft.segment} />
          <PreviewPanel draft={draft} preview={preview} />
        </aside>
        <div className="card-stack">
          <MembersCard segment={draft.segment} />
          <OverlapCard segment={draft.segment} />
          <ActivityCard segmentId={draft.segment.id} />
          <RevisionsCard draft={draft} />
        </div>
      </div>
    </>
  );
}
