import { useTimeline } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { More } from '../parts/more.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { causeWords, reasonWords } from '../words/transition-words.ts';

/** A lead's entries and exits, newest first. */
export function TimelineCard({ leadId }: { leadId: string }) {
  const timeline = useTimeline(leadId);
  const transitions = timeline.data?.pages.flatMap((page) => page.transitions) ?? [];
  return (
    <section className="card" aria-label="Timeline">
      <h2>Timeline</h2>
      {timeline.isPending && <Loading what="the timeline" />}
      {timeline.isError && !timeline.data && (
        <ProblemNotice
          title="The timeline could not be read"
          error={timeline.error}
          onRetry={() => void timeline.refetch()}
        />
      )}
      {timeline.data && transitions.length === 0 && <p className="muted">It has entered no segment yet.</p>}
      {transitions.length > 0 && (
        <div className="table-scroll">
          <table>
            <caption className="visually-hidden">Entries and exits, newest first</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What</th>
                <th scope="col">Segment</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {transitions.map((transition) => (
                <tr key={`${transition.segment.id} ${transition.sequence}`}>
                  <td className="muted">
                    <Moment iso={transition.occurredAt} />
                  </td>
                  <td>{transition.type === 'entered' ? 'Entered' : 'Left'}</td>
                  <th scope="row">
                    <a href={hrefs.segment(transition.segment.id)}>{transition.segment.name}</a>
                  </th>
                  <td>
                    {reasonWords(transition)}
                    <span className="cause">
                      {causeWords(transition.cause)}
                      {transition.silent && ' (not published)'}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More list={timeline} />
    </section>
  );
}
