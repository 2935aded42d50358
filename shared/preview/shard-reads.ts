import { referredSegments } from '../catalog/segment.ts';
import type { LeadReads } from '../lead/lead-reads.ts';
import type { Rule } from '../rule/rule.ts';
import type { ShardSubjects, SubjectPorts } from './page-subjects.ts';
import { mentionedFields } from './preview-lead.ts';

/** DynamoDB ends a page at 1 MB all the same; the local one would go on without a limit, ever more slowly. */
const leadsPerPage = 1_500;
/** Of leads whose events are read, too, so that neither memory nor time hangs on how many events these have. */
const joinedLeadsPerPage = 200;

/** How many leads to read at a time. */
export function pageSizeOf(subjects: Pick<ShardSubjects, 'isJoining'>): number {
  return subjects.isJoining() ? joinedLeadsPerPage : leadsPerPage;
}

/** What to read of leads to ask rules about them, and whether they are members of these segments. */
export function readsFor(
  rules: readonly Rule[],
  segmentIds: readonly string[],
  { keptConditions }: Pick<ShardSubjects, 'keptConditions'>,
): LeadReads {
  return {
    attributes: mentionedFields(rules, 'lead_metadata'),
    accountAttributes: mentionedFields(rules, 'account_metadata'),
    memberships: [...new Set([...referredSegments(rules), ...segmentIds])],
    events: keptConditions,
  };
}

/** Time was up in the middle of a page's events. */
class TimeUp extends Error {}

/** The ports, reading events only until time is up. */
export function inTime({ catalog, eventPages }: SubjectPorts, isTimeUp: () => boolean): SubjectPorts {
  return {
    catalog,
    async *eventPages(...stream) {
      for await (const events of eventPages(...stream)) {
        if (isTimeUp()) throw new TimeUp();
        yield events;
      }
    },
  };
}

/** What the work comes to; undefined when time was up in the middle of it. */
export async function unlessTimeUp<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TimeUp) return undefined;
    throw error;
  }
}
