import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Lead } from '../api/answers.ts';
import { ApiProblem } from '../api/problem.ts';
import { useLead } from '../api/queries.ts';
import { TextLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { formatAttribute } from '../words/format.ts';
import { DeleteLeadDialog } from './delete-lead-dialog.tsx';
import { LeadSegmentsCard } from './lead-segments-card.tsx';
import { TimelineCard } from './timeline-card.tsx';

/** What is known of a lead. */
export function LeadPage() {
  const { leadId } = useParams({ from: '/leads/$leadId' });
  return (
    <Page heading={`Lead ${leadId}`} above={<TextLink to="/leads">Leads</TextLink>}>
      <LeadDetails key={leadId} leadId={leadId} />
    </Page>
  );
}

function LeadDetails({ leadId }: { leadId: string }) {
  const lead = useLead(leadId);
  const [isDeleting, setDeleting] = useState(false);
  if (lead.isPending) return <Loading what="the lead" />;
  if (!lead.data) {
    const isUnknown = lead.error instanceof ApiProblem && lead.error.status === 404;
    if (isUnknown) {
      return (
        <Empty title={`There is no lead ${leadId}`}>
          <p>Ids are exact, also in upper and lower case. A lead exists once its first change has come in.</p>
        </Empty>
      );
    }
    return <ProblemNotice title="The lead could not be read" error={lead.error} onRetry={() => void lead.refetch()} />;
  }
  return (
    <>
      {lead.isError && <ProblemNotice title="What you see may be old" error={lead.error} />}
      {isDeleting && <DeleteLeadDialog leadId={leadId} onClose={() => setDeleting(false)} />}
      <div className="lead-columns">
        <div className="card-stack">
          <LeadSegmentsCard leadId={leadId} />
          <TimelineCard leadId={leadId} />
        </div>
        <div className="card-stack">
          <Levels lead={lead.data} />
          <section className="card" aria-label="Attributes">
            <h2>Attributes</h2>
            <Attributes attributes={lead.data.attributes} nothing="This lead has no attributes." />
            <p className="muted">
              Last change <Moment iso={lead.data.updatedAt} />
            </p>
          </section>
          <p>
            <button type="button" className="danger" onClick={() => setDeleting(true)}>
              Delete lead
            </button>
          </p>
        </div>
      </div>
    </>
  );
}

function Levels({ lead: { engagementLevel, profileLevel, account } }: { lead: Lead }) {
  return (
    <section className="card" aria-label="Levels and account">
      <h2>Levels</h2>
      <dl className="facts">
        <Fact name="Engagement">{engagementLevel ?? <None />}</Fact>
        <Fact name="Profile">{profileLevel ?? <None />}</Fact>
      </dl>
      <h2>Account</h2>
      {account ? (
        <>
          <dl className="facts">
            <Fact name="Id">{account.accountId}</Fact>
            <Fact name="Level">{account.accountLevel ?? <None />}</Fact>
          </dl>
          <Attributes attributes={account.attributes} nothing="Nothing more is known of this account." />
        </>
      ) : (
        <p className="muted">This lead belongs to no account.</p>
      )}
    </section>
  );
}

function Attributes({ attributes, nothing }: { attributes: Readonly<Record<string, unknown>>; nothing: string }) {
  const entries = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return <p className="muted">{nothing}</p>;
  return (
    <dl className="facts">
      {entries.map(([name, value]) => (
        <Fact key={name} name={name}>
          {formatAttribute(value)}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function None() {
  return <span className="muted">none</span>;
}
