import { useRef, useState } from 'react';
import { leafRules, type Match } from '../../shared/rule/rule.ts';
import { isRevisionMoved } from '../api/problem.ts';
import { useVocabulary } from '../api/queries.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { InWords } from '../rules/in-words.tsx';
import { RuleList } from '../rules/rule-list.tsx';
import { ProblemsAt, type RuleProblems, RuleProblemsContext } from '../rules/rule-problems.tsx';
import type { RulesPreview } from './rules-preview.ts';
import type { SegmentDraft } from './segment-draft.ts';

/** The rules builder with "Save Rules". */
export function RulesCard({ draft, preview }: { draft: SegmentDraft; preview: RulesPreview }) {
  const { rules, edit, isDirty, save, isWriting, localProblems } = draft;
  // Read before the first rule is added, so that its menus are filled at once.
  useVocabulary();
  const card = useRef<HTMLElement>(null);
  const [hasTried, setTried] = useState(false);
  const problems: RuleProblems = {
    errors: [...draft.refusedRules, ...preview.refusedRules, ...(hasTried ? localProblems : [])],
    hints: localProblems,
    warnings: preview.warnings,
  };

  const saveRules = () => {
    setTried(true);
    if (localProblems.length === 0) return save.mutate(rules, { onSuccess: () => setTried(false) });
    // After the fields are marked, so that the first of them can be found.
    requestAnimationFrame(() => card.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const discard = () => {
    setTried(false);
    draft.discard();
  };

  const count = leafRules(rules.rules).length;
  return (
    <section className="card rules" aria-label="Rules" ref={card}>
      <h2>
        Rules <span className="muted figure">{count}</span>
      </h2>
      {rules.rules.length > 0 && (
        <p className="match">
          A lead is in when{' '}
          <select
            aria-label="How the rules combine"
            value={rules.match}
            onChange={(event) => edit({ ...rules, match: event.target.value as Match })}
          >
            <option value="all">all</option>
            <option value="any">any</option>
          </select>{' '}
          of these {rules.match === 'all' ? 'hold' : 'holds'}:
        </p>
      )}
      {rules.rules.length === 0 && (
        <p className="muted">No rules: only leads added by hand can be in it. Add a rule to say who belongs here.</p>
      )}
      <RuleProblemsContext value={problems}>
        <RuleList
          rules={rules.rules}
          pointer="/rules"
          depth={0}
          segmentId={draft.segment.id}
          onChange={(edited) => edit({ ...rules, rules: edited })}
        />
        <ProblemsAt pointer="/rules" only={[]} />
      </RuleProblemsContext>
      {count > 0 && localProblems.length === 0 && <InWords rules={rules} />}
      {save.error && !isRevisionMoved(save.error) && (
        <ProblemNotice title="The rules were not saved" error={save.error} />
      )}
      {isDirty && (
        <div className="save-bar">
          <span>
            {hasTried && localProblems.length > 0 ? (
              <span className="bad">Complete the marked rules first</span>
            ) : (
              'Changes are not saved yet'
            )}
          </span>
          <button type="button" onClick={discard} disabled={isWriting}>
            Discard
          </button>
          <button type="button" className="primary" onClick={saveRules} disabled={isWriting || draft.isOutdated}>
            {save.isPending ? 'Saving …' : 'Save Rules'}
          </button>
        </div>
      )}
    </section>
  );
}
