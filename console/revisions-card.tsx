import { Moment } from './moment.tsx';
import { Loading, ProblemNotice } from './notice.tsx';
import { useRevisions } from './queries.ts';
import type { SegmentDraft } from './segment-draft.ts';

/** Who changed what when, and the way back. */
export function RevisionsCard({ draft }: { draft: SegmentDraft }) {
  const { segment, restore, isWriting, isDirty } = draft;
  const revisions = useRevisions(segment);
  return (
    <section className="card" aria-label="Revisions">
      <h2>Revisions</h2>
      {revisions.isPending && <Loading what="revisions" />}
      {revisions.isError && !revisions.data && (
        <ProblemNotice title="The revisions could not be read" error={revisions.error} />
      )}
      {restore.isError && <ProblemNotice title="It was not restored" error={restore.error} />}
      <ol className="revisions" reversed>
        {revisions.data?.revisions.map(({ revision, savedAt, author, changes }) => (
          <li key={revision} value={revision}>
            <ul>
              {changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
            <span className="muted">
              <Moment iso={savedAt} />
              {author && ` by ${author}`}
            </span>{' '}
            {revision < segment.revision && (
              <button
                type="button"
                className="small"
                aria-label={`Restore revision ${revision}`}
                title={isDirty ? 'Save or discard your changes of the rules first' : undefined}
                disabled={isWriting || isDirty}
                onClick={() => restore.mutate(revision)}
              >
                Restore
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
