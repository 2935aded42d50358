import type { Catalog } from '../catalog/catalog.ts';
import { isMember } from '../lead/lead-document.ts';
import type { LeadScan } from '../lead/lead-reads.ts';
import type { RuleContext } from '../matcher/evaluation.ts';
import { memberAfterEvaluation } from '../membership/manual-changes.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import type { Match, Rule } from '../rule/rule.ts';
import type { DisplayFields } from '../vocabulary/display.ts';
import { type SubjectPorts, subjectsOfShard } from './page-subjects.ts';
import { leadShower } from './preview-lead.ts';
import { RuleFunnel } from './rule-funnel.ts';
import { type ShardCount, Tallying } from './shard-count.ts';
import { inTime, pageSizeOf, readsFor } from './shard-reads.ts';
import { ValueReader } from './unread-values.ts';

/** The rules of a preview, with all that decides whether a lead matches them: the same on each shard, whenever it is read. */
export interface PreviewQuestion {
  readonly match: Match;
  readonly rules: readonly Rule[];
  /** The segment the rules would be saved to. */
  readonly segmentId?: string;
  readonly sampleSize: number;
  /** Epoch ms at which leads are asked. */
  readonly now: number;
  readonly context: RuleContext;
  /** What sampled leads are shown by. */
  readonly display?: DisplayFields;
}

/** What counting needs from outside. */
export interface CountPorts extends SubjectPorts {
  readonly scan: LeadScan;
}

/**
 * Looks at one shard's leads, page by page from where `before` ended, until the shard is done or time is up; a page
 * in whose events time is up is not counted. `catalog`: read before the call. Writes nothing.
 */
export async function countShard(
  ports: CountPorts,
  question: PreviewQuestion,
  catalog: Catalog,
  before: ShardCount,
  isTimeUp: () => boolean,
): Promise<ShardCount> {
  const { match, rules, segmentId, sampleSize, now } = question;
  const { shard } = before;
  const funnel = new RuleFunnel(match, rules, question.context, before.decided);
  const subjects = subjectsOfShard(inTime(ports, isTimeUp), catalog, rules, now, shard);
  const show = leadShower(rules, question.display);
  const segmentIds = segmentId === undefined ? [] : [segmentId];
  const readPage = ports.scan(readsFor(rules, segmentIds, subjects, question.display));
  const matching = new Tallying(sampleSize, before.matching);
  const entering = new Tallying(sampleSize, before.entering);
  const leaving = new Tallying(sampleSize, before.leaving);
  const values = new ValueReader(rules, before.values);
  let { leads, after, isFinished } = before;
  while (!isFinished && !isTimeUp()) {
    const page = await unlessTimeUp(readPage(shard, after, pageSizeOf(subjects), isTimeUp));
    if (!page) break;
    const living = page.leads.filter(({ isDeleted }) => !isDeleted);
    const subjectOf = await unlessTimeUp(subjects.ofPage(page.leads));
    if (!subjectOf) break;
    for (const document of living) {
      const rulesHold = funnel.holds(subjectOf(document));
      values.add(document);
      if (rulesHold) matching.add(() => show(document));
      if (segmentId === undefined) continue;
      const wasIn = isMember(document, segmentId);
      const willBeIn = memberAfterEvaluation(document, segmentId, rulesHold, rules.length > 0);
      if (willBeIn && !wasIn) entering.add(() => show(document));
      if (wasIn && !willBeIn) leaving.add(() => show(document));
    }
    leads += living.length;
    after = page.next;
    isFinished = page.next === undefined;
  }
  const tallies = { matching: matching.tally(), entering: entering.tally(), leaving: leaving.tally() };
  const decided = funnel.read();
  return { shard, leads, ...tallies, ...values.read(), decided, ...(after !== undefined && { after }), isFinished };
}
