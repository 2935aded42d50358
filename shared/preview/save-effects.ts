import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { referredSegments, type Segment } from '../catalog/segment.ts';
import { isMember, type LeadDocument } from '../lead/lead-document.ts';
import { shards } from '../lead/shard.ts';
import { compileRules, type Evaluation, type Subject } from '../matcher/evaluation.ts';
import { memberAfterEvaluation } from '../membership/manual-changes.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import type { CountPorts } from './count-shard.ts';
import { subjectsOfShard } from './page-subjects.ts';
import { inTime, pageSizeOf, readsFor } from './shard-reads.ts';

/** How many leads a save would let into a segment and take out of it. */
export interface SaveEffect {
  readonly segmentId: string;
  readonly name: string;
  readonly entering: number;
  readonly leaving: number;
}

/** What a save would do to members: of its segment first, then of the active ones that refer to it. */
export interface SaveEffects {
  readonly effects: readonly SaveEffect[];
  /** Leads that were looked at. */
  readonly leads: number;
  /** Whether all leads were. */
  readonly exact: boolean;
}

/** A segment whose members may change, ready to be asked. */
interface Affected {
  readonly segment: Segment;
  readonly evaluation: Evaluation;
  /** The affected segments that its rules name. */
  readonly refersTo: readonly string[];
}

const shardsAtOnce = 8;

/**
 * Counts who would enter and leave if a segment were saved like that, and what follows from it in the segments that refer
 * to it, directly and through others. `catalog`: as it is before the save; a page in whose events time is up is not counted.
 * Writes nothing.
 */
export async function countSaveEffects(
  ports: CountPorts,
  after: Segment,
  catalog: Catalog,
  now: number,
  isTimeUp: () => boolean,
): Promise<SaveEffects> {
  const affected = affectedBy(after, catalog);
  const rules = affected.flatMap(({ segment }) => segment.rules);
  const moves = affected.map(() => ({ entering: 0, leaving: 0 }));
  let [leads, finished] = [0, 0];
  await mapConcurrently(shards, shardsAtOnce, async (shard) => {
    const subjects = subjectsOfShard(inTime(ports, isTimeUp), catalog, rules, now, shard);
    const segmentIds = affected.map(({ segment }) => segment.id);
    const readPage = ports.scan(readsFor(rules, segmentIds, subjects));
    for (let place: string | undefined; !isTimeUp(); ) {
      const page = await unlessTimeUp(readPage(shard, place, pageSizeOf(subjects), isTimeUp));
      if (!page) break;
      const subjectOf = await unlessTimeUp(subjects.ofPage(page.leads));
      if (!subjectOf) break;
      const living = page.leads.filter(({ isDeleted }) => !isDeleted);
      for (const document of living) countMoves(document, subjectOf(document), affected, moves);
      leads += living.length;
      place = page.next;
      if (place === undefined) {
        finished++;
        break;
      }
    }
  });
  const effects = affected.map(({ segment: { id, name } }, index) => ({ segmentId: id, name, ...moves[index]! }));
  return { effects, leads, exact: finished === shards.length };
}

/** The segment, and the active ones that refer to it, each after those that it refers to. */
function affectedBy(after: Segment, catalog: Catalog): Affected[] {
  const found = new Map<string, Segment>();
  const visit = (segment: Segment): void => {
    if (found.has(segment.id)) return;
    for (const referrer of catalog.referrers.get(segment.id) ?? []) visit(referrer.segment);
    found.set(segment.id, segment);
  };
  visit(after);
  return [...found.values()].reverse().map((segment) => ({
    segment,
    evaluation: compileRules(segment.match, segment.rules, catalog.context),
    refersTo: [...referredSegments(segment.rules)].filter((id) => found.has(id)),
  }));
}

function countMoves(
  document: LeadDocument,
  before: Subject,
  affected: readonly Affected[],
  moves: readonly { entering: number; leaving: number }[],
): void {
  const flipped = new Map<string, boolean>();
  const subject: Subject = {
    document,
    now: before.now,
    events: (condition, n) => before.events(condition, n),
    eventsFlipAt: (condition) => before.eventsFlipAt(condition),
    isMemberOf: (segmentId) => flipped.get(segmentId) ?? before.isMemberOf(segmentId),
  };
  for (const [index, { segment, evaluation, refersTo }] of affected.entries()) {
    const isSaved = index === 0;
    if (!isSaved && !refersTo.some((id) => flipped.has(id))) continue;
    const holds = evaluation.holds(subject);
    // What a segment refers to is no reason to evaluate it unless that changes what its rules say.
    if (!isSaved && holds === evaluation.holds(before)) continue;
    const wasIn = isMember(document, segment.id);
    const willBeIn = memberAfterEvaluation(document, segment.id, holds, segment.rules.length > 0);
    if (wasIn === willBeIn) continue;
    flipped.set(segment.id, willBeIn);
    moves[index]![willBeIn ? 'entering' : 'leaving']++;
  }
}
