import { useState } from 'react';
import type { PreviewAnswer, PreviewMoves } from '../api/answers.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount, formatLeads, formatValue } from '../words/format.ts';
import type { RulesPreview } from './rules-preview.ts';
import type { SegmentDraft } from './segment-draft.ts';
import { ShareBar, SizeBadge, sizeSentence } from './size-advice.tsx';

/** Who would match the rules as edited, and what saving them would change. */
export function PreviewPanel({ draft, preview }: { draft: SegmentDraft; preview: RulesPreview }) {
  const { isComplete, isBehind, answer, error, countAgain } = preview;
  return (
    <section className="card preview" aria-label="Preview" aria-busy={isBehind}>
      <h2>
        Preview
        {isBehind && <span className="spinner at-end" role="img" aria-label="Counting" />}
        {!isBehind && isComplete && (
          <button type="button" className="small at-end" onClick={countAgain}>
            Count again
          </button>
        )}
      </h2>
      {!isComplete && <p className="muted">Complete the marked rules to see who matches.</p>}
      {error && <ProblemNotice title="No preview" error={error} />}
      {answer && !error && (
        <div className={isBehind || !isComplete ? 'is-old' : undefined}>
          <PreviewFigures preview={answer} hasRules={draft.rules.rules.length > 0} />
        </div>
      )}
    </section>
  );
}

function PreviewFigures({ preview, hasRules }: { preview: PreviewAnswer; hasRules: boolean }) {
  const { exact, total, leads, share, size, entering, leaving } = preview;
  const lists = [
    { name: 'Matching', moves: preview },
    ...(entering ? [{ name: 'Entering', moves: entering }] : []),
    ...(leaving ? [{ name: 'Leaving', moves: leaving }] : []),
  ];
  const [shown, setShown] = useState('Matching');
  const list = lists.find(({ name }) => name === shown) ?? lists[0]!;
  return (
    <>
      <p className="big-figure">
        <span className="figure" data-testid="preview-total">
          {isOpen(preview) ? '…' : `${exact ? '' : 'about '}${formatCount(total)}`}
        </span>
        {exact && <SizeBadge size={size} />}
      </p>
      <ShareBar share={share} size={size} />
      {exact ? (
        <p className="muted">
          of {formatLeads(leads)}. {hasRules ? sizeSentence(size) : 'There are no rules, so nobody matches.'}
        </p>
      ) : (
        <CountingProgress preview={preview} />
      )}
      <fieldset className="choices" aria-label="Which leads to show">
        {lists.map(({ name, moves }) => (
          <button key={name} type="button" aria-pressed={name === list.name} onClick={() => setShown(name)}>
            {name}{' '}
            <span className="figure">
              {exact ? '' : '~'}
              {formatCount(moves.total)}
            </span>
          </button>
        ))}
      </fieldset>
      <Sample name={list.name} moves={list.moves} />
    </>
  );
}

/** Whether the total may still be anything. */
function isOpen({ exact, low = 0, high = 0, leads }: PreviewAnswer): boolean {
  return !exact && low === 0 && high >= leads;
}

/** Between what the total lies, and how far counting is. */
function CountingProgress({ preview }: { preview: PreviewAnswer }) {
  const { low = 0, high = 0, leads, progress } = preview;
  return (
    <>
      <p className="muted" data-testid="preview-interval">
        {isOpen(preview)
          ? `Too little of ${formatLeads(leads)} is counted to say anything yet.`
          : `Between ${formatCount(low)} and ${formatCount(high)} of ${formatLeads(leads)}, with 95 % confidence.`}
      </p>
      {progress && (
        <p className="recalculating">
          <progress value={progress.done} max={progress.of} aria-label="Counting the rest" />
          Counting the rest
        </p>
      )}
    </>
  );
}

const nobody: Readonly<Record<string, string>> = {
  Matching: 'No lead matches.',
  Entering: 'Saving lets nobody in.',
  Leaving: 'Saving takes nobody out.',
};

function Sample({ name, moves }: { name: string; moves: PreviewMoves }) {
  if (moves.sample.length === 0) {
    return <p className="muted">{moves.total + (moves.high ?? 0) > 0 ? 'None found so far.' : nobody[name]}</p>;
  }
  return (
    <div className="table-scroll">
      <table className="sample">
        <caption className="visually-hidden">{name}: some leads</caption>
        <thead>
          <tr>
            <th scope="col">Lead</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {moves.sample.map((lead) => (
            <tr key={lead.leadId}>
              <th scope="row" className="lead-id" title={lead.leadId}>
                <a href={hrefs.lead(lead.leadId)}>{lead.leadId}</a>
              </th>
              <td>{readWords(lead)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {moves.total > moves.sample.length && (
        <p className="muted">
          {`${moves.sample.length} of ${moves.high === undefined ? '' : 'about '}${formatCount(moves.total)} shown`}
        </p>
      )}
    </div>
  );
}

function readWords({ attributes, engagementLevel, profileLevel, account }: PreviewMoves['sample'][number]): string {
  return [
    ...Object.values(attributes).map(formatValue),
    ...Object.values(account?.attributes ?? {}).map(formatValue),
    engagementLevel,
    profileLevel,
    account?.accountLevel,
  ]
    .filter((word) => word !== undefined)
    .join(' · ');
}
