import { useRef, useState } from 'react';
import { exportFileOf } from '../../shared/export/read-export.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import type { Import, ImportTarget, Inspection } from '../api/answers.ts';
import { LeaveGuard } from '../parts/leave-guard.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
import { ProblemsAt, RuleProblemsContext } from '../rules/rule-problems.tsx';
import { DryRunCard } from './dry-run-card.tsx';
import { eventsOf, idOf, ofKind } from './import-mapping.ts';
import { ImportTargetFields } from './import-target.tsx';
import { MappingColumns } from './mapping-columns.tsx';
import { useMappingDraft } from './mapping-draft.ts';
import { MappingEvents } from './mapping-events.tsx';
import { MappingSettings } from './mapping-settings.tsx';
import { SavedMappings } from './saved-mappings.tsx';

const kinds: ReadonlyArray<{ kind: ImportMapping['kind']; words: string }> = [
  { kind: 'leads', words: 'a lead, or something a lead did' },
  { kind: 'accounts', words: 'an account' },
];

/** What the columns of the file become, and the start of the import. */
export function MappingCard({ job, inspection }: { job: Import; inspection: Inspection }) {
  const draft = useMappingDraft(job, inspection);
  const { mapping, edit, isEditable, acting, missing } = draft;
  const [hasTried, setTried] = useState(false);
  const [target, setTarget] = useState<ImportTarget>();
  const card = useRef<HTMLElement>(null);
  const names = namesOf(inspection);

  const orComplete = (act: () => void) => () => {
    setTried(true);
    if (missing.length === 0) return act();
    // After the fields are marked, so that the first of them can be found.
    requestAnimationFrame(() => card.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };

  return (
    <>
      <LeaveGuard isDirty={isEditable && draft.isEdited} text="The mapping has changes that are not saved." />
      <section className="card mapping" aria-label="Mapping" ref={card}>
        <h2>What the columns become</h2>
        <RuleProblemsContext
          value={{ errors: [...draft.refused, ...(hasTried ? missing : [])], hints: missing, warnings: [] }}
        >
          <fieldset className="bare" disabled={!isEditable || acting !== undefined}>
            <legend className="visually-hidden">Mapping</legend>
            <div className="row-kinds" role="radiogroup" aria-label="What each row is">
              Each row is
              {kinds.map(({ kind, words }) => (
                <label key={kind} className="check">
                  <input type="radio" checked={mapping.kind === kind} onChange={() => edit(ofKind(mapping, kind))} />
                  {words}
                </label>
              ))}
            </div>
            <ProblemsAt pointer={`/${idOf(mapping)}`} />
            {exportFileOf(inspection.columns.map(({ name }) => name)) && mapping.kind === 'leads' && (
              <p className="muted">
                This is an export of members: its columns come back as what they were, whatever is said below.
              </p>
            )}
            {isEditable && <SavedMappings mapping={mapping} onChoose={edit} />}
            <MappingColumns mapping={mapping} inspection={inspection} onChange={edit} />
            {eventsOf(mapping).length > 0 && <MappingEvents mapping={mapping} names={names} onChange={edit} />}
            <MappingSettings mapping={mapping} onChange={edit} />
            {isEditable && mapping.kind === 'leads' && <ImportTargetFields target={target} onChange={setTarget} />}
          </fieldset>
        </RuleProblemsContext>
        {draft.error && <ProblemNotice title="Nothing was started" error={draft.error} />}
        {isEditable && (
          <div className="save-bar">
            <span aria-live="polite">
              {hasTried && missing[0] ? <span className="bad">{missing[0].message}</span> : 'Not started yet'}
            </span>
            <button type="button" disabled={acting !== undefined} onClick={orComplete(draft.tryIt)}>
              Dry run
            </button>
            <button
              type="button"
              className="primary"
              disabled={acting !== undefined}
              onClick={orComplete(() => draft.start(mapping.kind === 'leads' ? target : undefined))}
            >
              {acting === 'start' ? 'Starting …' : 'Start import'}
            </button>
          </div>
        )}
      </section>
      {(job.state === 'trying' || (job.dryRun && isEditable)) && <DryRunCard job={job} isOutdated={draft.isEdited} />}
    </>
  );
}

/** The columns that can be mapped: of those with the same name the first, as the importer does. */
function namesOf({ columns }: Inspection): string[] {
  return [...new Set(columns.map(({ name }) => name))].filter((name) => name !== '');
}
