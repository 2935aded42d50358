import type { Activity } from './api.ts';
import { formatCount } from './format.ts';
import { Moment } from './moment.tsx';
import { Loading, ProblemNotice } from './notice.tsx';
import { useActivity } from './queries.ts';
import { hrefs } from './route.ts';

/** Who came and went: the last days, and the newest entries and exits. */
export function ActivityCard({ segmentId }: { segmentId: string }) {
  const activity = useActivity(segmentId);
  return (
    <section className="card" aria-label="Activity">
      <h2>Activity</h2>
      {activity.isPending && <Loading what="activity" />}
      {activity.isError && !activity.data && (
        <ProblemNotice title="The activity could not be read" error={activity.error} />
      )}
      {activity.data && <Figures activity={activity.data} />}
    </section>
  );
}

function Figures({ activity: { days, transitions } }: { activity: Activity }) {
  const busy = days.filter(({ entered, exited }) => entered + exited > 0).reverse();
  if (busy.length === 0 && transitions.length === 0) return <p className="muted">Nobody has entered or left yet.</p>;
  return (
    <>
      <table>
        <caption className="visually-hidden">Entered and left per day, the last {days.length} days</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col">Entered</th>
            <th scope="col">Left</th>
          </tr>
        </thead>
        <tbody>
          {busy.map(({ day, entered, exited }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td>{formatCount(entered)}</td>
              <td>{formatCount(exited)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        {transitions.map(({ leadId, sequence, type, occurredAt }) => (
          <li key={`${leadId} ${sequence}`}>
            <a href={hrefs.lead(leadId)}>{leadId}</a> {type === 'entered' ? 'entered' : 'left'}{' '}
            <span className="muted">
              <Moment iso={occurredAt} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
