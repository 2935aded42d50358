import { useState } from 'react';
import type { Member, SegmentWithRules } from '../api/answers.ts';
import { Empty } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { sourceWords } from '../words/transition-words.ts';
import { AddLeadsDialog } from './add-leads-dialog.tsx';
import { ExportButton, ExportState, useMembersExport } from './members-export.tsx';
import { MembersList } from './members-list.tsx';

const sources: readonly (Member['source'] | undefined)[] = [undefined, 'rules', 'manual', 'pinned', 'excluded'];

/** Who is in the segment, and who is kept out of it; adding by hand; asking about any lead. */
export function MembersCard({ segment }: { segment: SegmentWithRules }) {
  const [source, setSource] = useState<Member['source']>();
  const [isAdding, setAdding] = useState(false);
  const membersExport = useMembersExport(segment);
  if (!segment.active) {
    return (
      <section className="card members" aria-label="Members">
        <h2>Members</h2>
        <Empty title="Nobody: the segment is inactive">
          <p>Activate it, and everybody who matches the saved rules enters.</p>
        </Empty>
      </section>
    );
  }
  return (
    <section className="card members" aria-label="Members">
      <h2>
        Members
        <span className="at-end buttons">
          <ExportButton membersExport={membersExport} />
          <button type="button" className="small" onClick={() => setAdding(true)}>
            Add leads
          </button>
        </span>
      </h2>
      <ExportState membersExport={membersExport} />
      <fieldset className="choices" aria-label="Which members to show">
        {sources.map((one) => (
          <button key={one ?? 'all'} type="button" aria-pressed={one === source} onClick={() => setSource(one)}>
            {one ? sourceWords(one) : 'All'}
          </button>
        ))}
      </fieldset>
      <MembersList segment={segment} source={source} />
      <LeadQuestion segmentId={segment.id} />
      {isAdding && <AddLeadsDialog segment={segment} onClose={() => setAdding(false)} />}
    </section>
  );
}

/** Asks about any lead why it is in the segment or not. */
function LeadQuestion({ segmentId }: { segmentId: string }) {
  return (
    <form
      className="why-not"
      onSubmit={(event) => {
        event.preventDefault();
        const leadId = String(new FormData(event.currentTarget).get('leadId')).trim();
        if (leadId) location.hash = hrefs.explanation(leadId, segmentId);
      }}
    >
      <label className="muted">
        Is a lead in it, and why?{' '}
        <input name="leadId" type="search" placeholder="Lead id" aria-label="Lead to explain" />
      </label>
      <button type="submit" className="small">
        Explain
      </button>
    </form>
  );
}
