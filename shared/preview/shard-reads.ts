import { referredSegments } from '../catalog/segment.ts';
import type { LeadReads } from '../lead/lead-reads.ts';
import { TimeUp } from '../read-budget/time-up.ts';
import type { Rule } from '../rule/rule.ts';
import type { DisplayFields } from '../vocabulary/display.ts';
import type { ShardSubjects, SubjectPorts } from './page-subjects.ts';
import { mentionedFields } from './preview-lead.ts';

/**
 * Of a kilobyte each, 200 read units: the smaller pages are, the more shards can be read side by side within the budget of
 * all scans.
 */
const leadsPerPage = 900;
/** Of leads whose events are read, too, so that neither memory nor time hangs on how many events these have. */
const joinedLeadsPerPage = 200;

/** How many leads to read at a time. */
export function pageSizeOf(subjects: Pick<ShardSubjects, 'isJoining'>): number {
  return subjects.isJoining() ? joinedLeadsPerPage : leadsPerPage;
}

/** What to read of leads to ask rules about them, whether they are members of these segments, and what they are shown by. */
export function readsFor(
  rules: readonly Rule[],
  segmentIds: readonly string[],
  { keptConditions }: Pick<ShardSubjects, 'keptConditions'>,
  display: DisplayFields = { name: [] },
): LeadReads {
  const shown = [...display.name, ...(display.email === undefined ? [] : [display.email])];
  return {
    attributes: [...new Set([...mentionedFields(rules, 'lead_metadata'), ...shown])],
    accountAttributes: mentionedFields(rules, 'account_metadata'),
    memberships: [...new Set([...referredSegments(rules), ...segmentIds])],
    events: keptConditions,
  };
}

/** The ports, reading events only until time is up. */
export function inTime({ catalog, eventPages }: SubjectPorts, isTimeUp: () => boolean): SubjectPorts {
  return {
    catalog,
    async *eventPages(eventType, shard, fromLeadId) {
      for await (const events of eventPages(eventType, shard, fromLeadId, isTimeUp)) {
        if (isTimeUp()) throw new TimeUp();
        yield events;
      }
    },
  };
}
