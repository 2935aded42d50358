import { type ReactNode, useState } from 'react';
import type { Lead } from './api-answers.ts';
import { ApiProblem } from './api-problem.ts';
import { DeleteLeadDialog } from './delete-lead-dialog.tsx';
import { formatAttribute } from './format.ts';
import { LeadSegmentsCard } from './lead-segments-card.tsx';
import { LeadsList } from './leads-list.tsx';
import { Moment } from './moment.tsx';
import { Empty, Loading, ProblemNotice } from './notice.tsx';
import { usePageTitle } from './page-title.ts';
import { useLead } from './queries.ts';
import { hrefs } from './route.ts';
import { TimelineCard } from './timeline-card.tsx';

/** Looks a lead up by its id, and shows what is known of it. */
export function LeadPage({ leadId }: { leadId: string | undefined }) {
  usePageTitle(leadId === undefined ? 'Leads' : `Lead ${leadId}`);
  const [wanted, setWanted] = useState(leadId ?? '');
  return (
    <>
      <div className="page-head">
        <h1>{leadId === undefined ? 'Leads' : `Lead ${leadId}`}</h1>
        <form
          className="lookup"
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted.trim()) location.hash = hrefs.lead(wanted.trim());
          }}
        >
          <input
            type="search"
            className="search"
            aria-label="Lead id"
            placeholder="Lead id"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
          <button type="submit" className="primary">
            Look up
          </button>
        </form>
      </div>
      {leadId === undefined ? <LeadsList /> : <LeadDetails leadId={leadId} />}
    </>
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
