import type { Revision } from '../api/answers.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Moment } from '../parts/moment.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { InWords } from '../rules/in-words.tsx';
import type { SegmentDraft } from './segment-draft.ts';

interface RestoreDialogProps {
  draft: SegmentDraft;
  revision: Revision;
  onClose: () => void;
}

/** Shows what a revision says before it is taken back. */
export function RestoreDialog({ draft, revision, onClose }: RestoreDialogProps) {
  const { segment, restore, isWriting } = draft;
  const close = () => {
    restore.reset();
    onClose();
  };
  return (
    <Dialog title={`Restore revision ${revision.revision}?`} onClose={close}>
      <p>
        Saved <Moment iso={revision.savedAt} />. Its name, description and rules come back as a new revision.{' '}
        {segment.active && 'Leads enter and leave at once, and that is published.'}
      </p>
      <p className="in-words">
        <span className="muted">Name:</span> {revision.name}
      </p>
      <InWords rules={revision} />
      {restore.isError && <ProblemNotice title="It was not restored" error={restore.error} />}
      <div className="dialog-actions">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          className="primary"
          disabled={isWriting}
          onClick={() => restore.mutate(revision.revision, { onSuccess: onClose })}
        >
          Restore
        </button>
      </div>
    </Dialog>
  );
}
