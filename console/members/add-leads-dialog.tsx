import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SegmentWithRules } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ApiProblem } from '../api/problem.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads } from '../words/format.ts';
import { AddedLeads } from './added-leads.tsx';
import { useMembershipRefresh } from './hand-act.ts';
import { ReasonField } from './reason-field.tsx';

const mostLeads = 1_000;

interface AddLeadsDialogProps {
  segment: Pick<SegmentWithRules, 'id' | 'name' | 'rules'>;
  onClose: () => void;
}

/** Adds or pins leads whose ids are pasted, and tells what became of each. */
export function AddLeadsDialog({ segment, onClose }: AddLeadsDialogProps) {
  const api = useApi();
  const refresh = useMembershipRefresh(segment.id);
  const [text, setText] = useState('');
  const [pin, setPin] = useState(false);
  const [reason, setReason] = useState('');
  const leadIds = leadIdsIn(text);
  const add = useMutation({
    mutationFn: () => api.changeMembers(segment.id, { leadIds, action: pin ? 'pin' : 'add', reason }),
    onSuccess: refresh,
  });
  const isTooMany = leadIds.length > mostLeads;
  return (
    <Dialog title={`Add leads to “${segment.name}”`} onClose={onClose}>
      {add.data ? (
        <AddedLeads results={add.data.results} wasPinned={pin} onClose={onClose} />
      ) : (
        <form
          className="stacked-form"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <label className="field">
            Lead ids
            <textarea
              rows={6}
              required
              spellCheck={false}
              placeholder="Paste ids: one a line, or with commas or spaces between them"
              value={text}
              aria-invalid={isTooMany}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          {isTooMany && (
            <p className="field-problem">
              At most {formatCount(mostLeads)} at once; these are {formatCount(leadIds.length)}.
            </p>
          )}
          <label className="check">
            <input type="checkbox" checked={pin} onChange={(event) => setPin(event.target.checked)} />
            Pin them: they stay in, whatever the rules say
          </label>
          <ReasonField value={reason} onChange={setReason} />
          {add.isError && <ProblemNotice title="No lead was added" error={named(add.error, leadIds)} />}
          <div className="dialog-actions">
            <span className="muted">
              {!pin &&
                (segment.rules.length > 0
                  ? 'They stay until the rules are evaluated again and do not hold.'
                  : 'They stay until they are removed.')}
            </span>
            <button type="button" onClick={onClose}>
              Cancel
            </button>
            <button type="submit" className="primary" disabled={leadIds.length === 0 || isTooMany || add.isPending}>
              {pin ? 'Pin' : 'Add'} {leadIds.length > 0 ? formatLeads(leadIds.length) : 'leads'}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** The ids in a pasted text, each once; from a spreadsheet they may come in quotation marks. */
function leadIdsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;"]+/).filter((id) => id !== ''))];
}

/** A refusal that says the id where the API says its place in the list. */
function named(error: Error, leadIds: readonly string[]): Error {
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return error;
  const shown = error.errors.slice(0, 5).map(({ path, message }) => {
    const index = /^\/leadIds\/(\d+)$/.exec(path)?.[1];
    return `${index === undefined ? path : leadIds[Number(index)]}: ${message}`;
  });
  const more = error.errors.length - shown.length;
  return new Error(`${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
}
