import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Explanation } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { useExplanation, useSegment } from '../api/queries.ts';
import type { Standing } from '../members/hand-act.ts';
import { HandActDialog } from '../members/hand-act-dialog.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { PageFrame, PageHeading, usePageTitle } from '../parts/page.tsx';
import { hrefs } from '../parts/route.ts';
import { RuleExplanations } from './rule-explanations.tsx';
import { StandingCard } from './standing-card.tsx';

/** Why a lead is in a segment, or is not: what decided, and each rule with what it reads of the lead. */
export function ExplanationPage() {
  const { leadId, segmentId } = useParams({ from: '/leads/$leadId/segments/$segmentId' });
  const explanation = useExplanation(leadId, segmentId);
  const name = useSegment(segmentId).data?.name ?? segmentId;
  const [isActing, setActing] = useState(false);
  const { data, error } = explanation;
  const isUnknown = error instanceof ApiProblem && error.status === 404;
  usePageTitle(`${leadId} in ${name}`);
  return (
    <PageFrame>
      <nav className="crumbs" aria-label="Way back">
        <a href={hrefs.leads}>Leads</a> <span aria-hidden="true">/</span> <a href={hrefs.lead(leadId)}>{leadId}</a>{' '}
        <span aria-hidden="true">/</span>
      </nav>
      <div className="page-head">
        <PageHeading>
          {data ? `Why ${leadId} is ${data.member ? '' : 'not '}in “${name}”` : `${leadId} in “${name}”`}
        </PageHeading>
        <a href={hrefs.segment(segmentId)}>Open the segment</a>
        {data?.active && (
          <button type="button" onClick={() => setActing(true)}>
            Decide by hand
          </button>
        )}
      </div>
      {error && (
        <ProblemNotice
          title={data ? 'What you see may be old' : 'There is no explanation'}
          error={error}
          onRetry={isUnknown ? undefined : () => void explanation.refetch()}
        />
      )}
      {data && isActing && (
        <HandActDialog
          segmentId={segmentId}
          leadId={leadId}
          standing={standingOf(data)}
          onClose={() => setActing(false)}
        />
      )}
      {explanation.isPending && <Loading what="the explanation" />}
      {data && (
        <div className="explanation">
          <StandingCard explanation={data} />
          <section className="card" aria-label="Rules">
            <h2>
              The rules {data.holds ? 'hold' : 'do not hold'}
              {data.rules.length > 1 && (
                <span className="muted">{data.match === 'all' ? 'all of them have to' : 'any of them is enough'}</span>
              )}
            </h2>
            {data.rules.length === 0 ? (
              <p className="muted">The segment has no rules: only leads added by hand are in it.</p>
            ) : (
              <RuleExplanations rules={data.rules} />
            )}
          </section>
        </div>
      )}
    </PageFrame>
  );
}

function standingOf({ member, source, byHand }: Explanation): Standing {
  if (byHand?.kind === 'excluded') return 'excluded';
  return member ? (source ?? 'rules') : 'out';
}
