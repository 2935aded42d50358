import { useState } from 'react';
import type { Revision } from '../api/answers.ts';
import { useRevisions } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { More } from '../parts/more.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import type { SegmentDraft } from './segment-draft.ts';

/** Who changed what when, and the way back. */
export function RevisionsCard({ draft }: { draft: SegmentDraft }) {
  const { segment, isWriting, isDirty } = draft;
  const revisions = useRevisions(segment);
  const [chosen, setChosen] = useState<Revision>();
  return (
    <section className="card" aria-label="Revisions">
      <h2>Revisions</h2>
      {revisions.isPending && <Loading what="revisions" />}
      {revisions.isError && !revisions.data && (
        <ProblemNotice
          title="The revisions could not be read"
          error={revisions.error}
          onRetry={() => void revisions.refetch()}
        />
      )}
      <ol className="revisions" reversed>
        {revisions.data?.pages
          .flatMap((page) => page.revisions)
          .map((revision) => (
            <li key={revision.revision} value={revision.revision}>
              <span className="revision-number figure" aria-hidden="true">
                {revision.revision}
              </span>
              <div className="revision-text">
                <ul className="changes">
                  {revision.changes.map((change) => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
                <span className="muted">
                  <Moment iso={revision.savedAt} />
                  {revision.author && ` by ${revision.author}`}
                </span>
              </div>
              {revision.revision < segment.revision && (
                <button
                  type="button"
                  className="small"
                  aria-label={`Restore revision ${revision.revision}`}
                  title={isDirty ? 'Save or discard your changes of the rules first' : undefined}
                  disabled={isWriting || isDirty}
                  onClick={() => setChosen(revision)}
                >
                  Restore
                </button>
              )}
            </li>
          ))}
      </ol>
      <More list={revisions} />
      {chosen && <RestoreDialog draft={draft} revision={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}
