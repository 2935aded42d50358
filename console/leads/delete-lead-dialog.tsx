import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../api/api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { goTo, hrefs } from '../parts/route.ts';

/** Deletes a lead for good, after its id was typed. */
export function DeleteLeadDialog({ leadId, onClose }: { leadId: string; onClose: () => void }) {
  const api = useApi();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState('');
  const remove = useMutation({
    mutationFn: () => api.deleteLead(leadId),
    onSuccess: () => {
      goTo(hrefs.leads);
      queryClient.removeQueries({ queryKey: ['lead', leadId] });
    },
  });
  return (
    <Dialog title={`Delete lead ${leadId}?`} onClose={onClose}>
      <form
        className="stacked-form"
        onSubmit={(event) => {
          event.preventDefault();
          remove.mutate();
        }}
      >
        <p>
          Its attributes, events and history are gone for good, and it leaves every segment, which is published. What
          upstream sends about it later makes it a new lead.
        </p>
        <label className="field">
          Type {leadId} to confirm
          <input
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        {remove.isError && <ProblemNotice title="The lead was not deleted" error={remove.error} />}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="danger" disabled={typed.trim() !== leadId || remove.isPending}>
            Delete lead
          </button>
        </div>
      </form>
    </Dialog>
  );
}
