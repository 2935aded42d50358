import { useEffect, useState } from 'react';
import type { Member, SegmentWithRules } from '../api/answers.ts';
import { isFilling, isRecalculating } from '../api/live.ts';
import { useMembers } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { More } from '../parts/more.tsx';
import { Empty, Loading, ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount } from '../words/format.ts';
import { sourceWords } from '../words/transition-words.ts';
import { HandActDialog } from './hand-act-dialog.tsx';

interface MembersListProps {
  segment: SegmentWithRules;
  /** Only those; without it every member. */
  source: Member['source'] | undefined;
}

/** The members of a segment, or those of one kind, page by page. */
export function MembersList({ segment, source }: MembersListProps) {
  const members = useMembers(segment, source);
  const [chosen, setChosen] = useState<Member>();
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
  if (shown.length === 0 && !members.hasNextPage) return <Nobody segment={segment} source={source} />;
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
              <th scope="col">
                <span className="visually-hidden">By hand</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((member) => (
              <MemberRow
                key={member.leadId}
                member={member}
                segmentId={segment.id}
                onChange={() => setChosen(member)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <More list={members}>
        {source
          ? `${formatCount(shown.length)} shown`
          : `${formatCount(shown.length)} of ${formatCount(Math.max(memberCount, shown.length))} shown`}
      </More>
      {chosen && (
        <HandActDialog
          segmentId={segment.id}
          leadId={chosen.leadId}
          standing={chosen.source}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}

interface MemberRowProps {
  member: Member;
  segmentId: string;
  onChange: () => void;
}

function MemberRow({ member: { leadId, since, source, author, reason }, segmentId, onChange }: MemberRowProps) {
  const words = sourceWords(source);
  return (
    <tr>
      <th scope="row" className="lead-id" title={leadId}>
        <a href={hrefs.lead(leadId)}>{leadId}</a>
      </th>
      <td className="muted">
        <Moment iso={since} />
      </td>
      <td>
        <a href={hrefs.explanation(leadId, segmentId)} aria-label={`${words}: explain ${leadId}`}>
          {words}
        </a>
        {author && (
          <span className="cause">
            {author}
            {reason && `: ${reason}`}
          </span>
        )}
      </td>
      <td className="number">
        <button type="button" className="small" aria-label={`Change ${leadId} by hand`} onClick={onChange}>
          Change
        </button>
      </td>
    </tr>
  );
}

const nobody: Readonly<Record<Member['source'], string>> = {
  rules: 'Nobody is in it by its rules',
  manual: 'Nobody is in it by hand',
  pinned: 'Nobody is pinned',
  excluded: 'Nobody is excluded',
};

function Nobody({ segment, source }: MembersListProps) {
  if (source) return <Empty title={nobody[source]} />;
  const { recalculation, rules } = segment;
  const isComing = isRecalculating(recalculation) || (isFilling(segment) && (recalculation?.entering ?? 0) > 0);
  const why = rules.length > 0 ? 'No lead matches the saved rules.' : 'It has no rules: leads can be added by hand.';
  return (
    <Empty title="Nobody is in it">
      <p>{isComing ? 'Leads are being evaluated; members show up here as they enter.' : why}</p>
    </Empty>
  );
}
