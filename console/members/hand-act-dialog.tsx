import { useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { actsFor, type HandAct, handActs, type Standing, useHandAct } from './hand-act.ts';
import { ReasonField } from './reason-field.tsx';

interface HandActDialogProps {
  segmentId: string;
  leadId: string;
  standing: Standing;
  onClose: () => void;
}

/** Pins, excludes, adds or removes one lead, with a reason. */
export function HandActDialog({ segmentId, leadId, standing, onClose }: HandActDialogProps) {
  const acts = actsFor[standing];
  const [act, setAct] = useState<HandAct>(acts[0]!);
  const [reason, setReason] = useState('');
  const handAct = useHandAct(segmentId, leadId);
  return (
    <Dialog title={`Decide by hand about ${leadId}`} onClose={onClose}>
      <form
        className="stacked-form"
        onSubmit={(event) => {
          event.preventDefault();
          handAct.mutate({ act, reason }, { onSuccess: onClose });
        }}
      >
        <fieldset className="hand-acts" aria-label="What to do">
          {acts.map((name) => (
            <label key={name} className="template">
              <input type="radio" name="act" checked={name === act} onChange={() => setAct(name)} />
              <span>
                <strong>{handActs[name].label}</strong>
                <span className="muted">{handActs[name].effect}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <ReasonField value={reason} onChange={setReason} />
        {handAct.isError && <ProblemNotice title="Nothing was changed" error={handAct.error} />}
        <div className="dialog-actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={handAct.isPending}>
            {handActs[act].label}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
