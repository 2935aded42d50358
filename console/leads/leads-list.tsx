import { useLeads } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { More } from '../parts/more.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';

/** All leads, page by page, to look around among. */
export function LeadsList() {
  const leads = useLeads();
  if (leads.isPending) return <Loading what="leads" />;
  if (!leads.data) {
    return (
      <ProblemNotice title="The leads could not be read" error={leads.error} onRetry={() => void leads.refetch()} />
    );
  }
  const shown = leads.data.pages.flatMap((page) => page.leads);
  if (shown.length === 0 && !leads.hasNextPage) {
    return (
      <Empty title="There are no leads yet">
        <p>A lead exists once its first change has come in over the queues.</p>
      </Empty>
    );
  }
  return (
    <div className="card">
      <div className="table-scroll">
        <table>
          <caption className="visually-hidden">Leads, in no order</caption>
          <thead>
            <tr>
              <th scope="col">Lead</th>
              <th scope="col">Engagement</th>
              <th scope="col">Profile</th>
              <th scope="col" className="wide-only">
                Account
              </th>
              <th scope="col" className="wide-only">
                Last change
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ leadId, engagementLevel, profileLevel, account, updatedAt }) => (
              <tr key={leadId}>
                <th scope="row" className="lead-id" title={leadId}>
                  <a href={hrefs.lead(leadId)}>{leadId}</a>
                </th>
                <td>{engagementLevel ?? '–'}</td>
                <td>{profileLevel ?? '–'}</td>
                <td className="wide-only">{account?.accountId ?? '–'}</td>
                <td className="wide-only muted">
                  <Moment iso={updatedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More list={leads} />
    </div>
  );
}
