import { useEffect } from 'react';
import type { SegmentWithRules } from './api-answers.ts';
import { formatCount } from './format.ts';
import { Moment } from './moment.tsx';
import { More } from './more.tsx';
import { Empty, Loading, ProblemNotice } from './notice.tsx';
import { useMembers } from './queries.ts';
import { isFilling, isRecalculating } from './recalculation-state.tsx';
import { hrefs } from './route.ts';
import { sourceWords } from './transition-words.ts';

/** Who is in the segment, page by page. */
export function MembersList({ segment }: { segment: SegmentWithRules }) {
  return (
    <section className="card members" aria-label="Members">
      <h2>Members</h2>
      {segment.active ? (
        <Members segment={segment} />
      ) : (
        <Empty title="Nobody: the segment is inactive">
          <p>Activate it, and everybody who matches the saved rules enters.</p>
        </Empty>
      )}
    </section>
  );
}

function Members({ segment }: { segment: SegmentWithRules }) {
  const members = useMembers(segment);
  const { refetch } = members;
  const { memberCount } = segment;
  // A new figure comes with new members, or with fewer.
  useEffect(() => {
    if (memberCount >= 0) void refetch({ cancelRefetch: false });
  }, [memberCount, refetch]);
  if (members.isPending) return <Loading what="members" />;
  if (!members.data) {
    return (
      <ProblemNotice
        title="The members could not be read"
        error={members.error}
        onRetry={() => void members.refetch()}
      />
    );
  }
  const shown = members.data.pages.flatMap((page) => page.members);
  if (shown.length === 0 && !members.hasNextPage) {
    const isComing =
      isRecalculating(segment.recalculation) || (isFilling(segment) && (segment.recalculation?.entering ?? 0) > 0);
    return (
      <Empty title="Nobody is in it">
        <p>
          {isComing
            ? 'Leads are being evaluated; members show up here as they enter.'
            : 'No lead matches the saved rules.'}
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div className="table-scroll">
        <table>
          <caption className="visually-hidden">Members of {segment.name}</caption>
          <thead>
            <tr>
              <th scope="col">Lead</th>
              <th scope="col">Since</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ leadId, since, source }) => (
              <tr key={leadId}>
                <th scope="row" className="lead-id" title={leadId}>
                  <a href={hrefs.lead(leadId)}>{leadId}</a>
                </th>
                <td className="muted">
                  <Moment iso={since} />
                </td>
                <td>
                  <a
                    href={hrefs.explanation(leadId, segment.id)}
                    aria-label={`${sourceWords(source)}: why ${leadId} is in it`}
                  >
                    {sourceWords(source)}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More list={members}>
        {formatCount(shown.length)} of {formatCount(Math.max(segment.memberCount, shown.length))} shown
      </More>
    </>
  );
}
