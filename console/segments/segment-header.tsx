import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi } from '../api/api.ts';
import { isRevisionMoved } from '../api/problem.ts';
import { keys } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { PageHeading } from '../parts/page.tsx';
import { hrefs } from '../parts/route.ts';
import type { SegmentDraft } from './segment-draft.ts';

/** The segment's name, description and state, each to change. */
export function SegmentHeader({ draft }: { draft: SegmentDraft }) {
  const { segment, change, isWriting } = draft;
  const [isEditing, setEditing] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const copy = useMutation({
    mutationFn: () => api.copySegment(segment.id),
    onSuccess: ({ id }) => {
      void queryClient.invalidateQueries({ queryKey: keys.segments });
      void navigate({ to: '/segments/$segmentId/rules', params: { segmentId: id } });
    },
  });
  const refusal = change.error && !isRevisionMoved(change.error) ? change.error : undefined;
  return (
    <>
      <nav className="crumbs" aria-label="Way back">
        <a href={hrefs.segments}>Segments</a> <span aria-hidden="true">/</span>
      </nav>
      {isEditing ? (
        <NameForm draft={draft} onClose={() => setEditing(false)} />
      ) : (
        <div className="page-head">
          <div className="title">
            <PageHeading>{segment.name}</PageHeading>
            <p className="muted">{segment.description || 'No description'}</p>
          </div>
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              checked={segment.active}
              aria-checked={segment.active}
              disabled={isWriting}
              onChange={(event) => change.mutate({ active: event.target.checked })}
            />
            {segment.active ? 'Active' : 'Inactive'}
          </label>
          <button type="button" onClick={() => setEditing(true)}>
            Edit
          </button>
          <button type="button" disabled={copy.isPending} onClick={() => copy.mutate()}>
            Copy
          </button>
          <button type="button" className="danger" onClick={() => setDeleting(true)}>
            Delete
          </button>
        </div>
      )}
      {refusal && !isEditing && <ProblemNotice title="The segment was not changed" error={refusal} />}
      {copy.isError && <ProblemNotice title="The segment was not copied" error={copy.error} />}
      {isDeleting && <DeleteDialog draft={draft} onClose={() => setDeleting(false)} />}
    </>
  );
}

function NameForm({ draft, onClose }: { draft: SegmentDraft; onClose: () => void }) {
  const { segment, change, isWriting } = draft;
  const [name, setName] = useState(segment.name);
  const [description, setDescription] = useState(segment.description);
  return (
    <form
      className="card name-form"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ name, description }, { onSuccess: onClose });
      }}
    >
      <label className="field">
        Name
        <input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        Description
        <textarea
          rows={2}
          maxLength={2_000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </label>
      {change.error && !isRevisionMoved(change.error) && (
        <ProblemNotice title="The segment was not changed" error={change.error} />
      )}
      <div className="form-actions">
        <button type="submit" className="primary" disabled={isWriting}>
          Save
        </button>
        <button
          type="button"
          onClick={() => {
            change.reset();
            onClose();
          }}
        >
          Cancel
        </button>
      </div>
    </form>
  );
}

function DeleteDialog({ draft, onClose }: { draft: SegmentDraft; onClose: () => void }) {
  const { segment } = draft;
  const api = useApi();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.deleteSegment(segment.id, segment.revision),
    onSuccess: () => {
      void navigate({ to: '/segments', ignoreBlocker: true });
      queryClient.removeQueries({ queryKey: keys.segment(segment.id) });
      void queryClient.invalidateQueries({ queryKey: keys.segments });
    },
  });
  return (
    <Dialog title={`Delete “${segment.name}”?`} onClose={onClose}>
      <p>Its rules are gone for good. The leads in it stay, and no exits are published.</p>
      {remove.isError && <ProblemNotice title="The segment was not deleted" error={remove.error} />}
      <div className="dialog-actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Delete segment
        </button>
      </div>
    </Dialog>
  );
}
