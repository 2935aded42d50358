import type { Activity } from '../api/answers.ts';
import { useActivity } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount, formatDay } from '../words/format.ts';
import { reasonWords } from '../words/transition-words.ts';

/** Who came and went: the last days, and the newest entries and exits. */
export function ActivityCard({ segmentId }: { segmentId: string }) {
  const activity = useActivity(segmentId);
  return (
    <section className="card" aria-label="Activity">
      <h2>Activity</h2>
      {activity.isPending && <Loading what="activity" />}
      {activity.isError && !activity.data && (
        <ProblemNotice
          title="The activity could not be read"
          error={activity.error}
          onRetry={() => void activity.refetch()}
        />
      )}
      {activity.data && <Figures activity={activity.data} segmentId={segmentId} />}
    </section>
  );
}

function Figures({ activity: { days, transitions }, segmentId }: { activity: Activity; segmentId: string }) {
  if (transitions.length === 0 && days.every(({ entered, exited }) => entered + exited === 0)) {
    return <p className="muted">Nobody has entered or left yet.</p>;
  }
  return (
    <>
      <Days days={days} />
      <div className="table-scroll">
        <table>
          <caption>Newest entries and exits</caption>
          <thead>
            <tr>
              <th scope="col">Lead</th>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {transitions.map((transition) => (
              <tr key={`${transition.leadId} ${transition.sequence}`}>
                <th scope="row" className="lead-id">
                  <a href={hrefs.lead(transition.leadId)}>{transition.leadId}</a>
                </th>
                <td>{transition.type === 'entered' ? 'Entered' : 'Left'}</td>
                <td>
                  <a href={hrefs.explanation(transition.leadId, segmentId)}>{reasonWords(transition)}</a>
                </td>
                <td className="muted">
                  <Moment iso={transition.occurredAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The days on which something happened, today first, each with bars to compare them by. */
function Days({ days }: Pick<Activity, 'days'>) {
  const busy = days.filter(({ entered, exited }) => entered + exited > 0).toReversed();
  const most = Math.max(...days.flatMap(({ entered, exited }) => [entered, exited]));
  if (busy.length === 0) return <p className="muted">Nobody entered or left in the last {days.length} days.</p>;
  return (
    <table className="days">
      <caption>The last {days.length} days</caption>
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
            <th scope="row">
              <time dateTime={day}>{formatDay(day)}</time>
            </th>
            <td>
              <Bar count={entered} most={most} />
            </td>
            <td>
              <Bar count={exited} most={most} isExit />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ count, most, isExit }: { count: number; most: number; isExit?: boolean }) {
  return (
    <span className="bar">
      <span className="figure">{formatCount(count)}</span>
      <span className="bar-track" aria-hidden="true">
        <span className={isExit ? 'is-exit' : undefined} style={{ width: `${(count / most) * 100}%` }} />
      </span>
    </span>
  );
}
