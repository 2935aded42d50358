import type { Catalog } from '../catalog/catalog.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import { compileRules } from '../matcher/evaluation.ts';
import type { PreviewQuestion } from './count-shard.ts';
import { type ShardSubjects, type SubjectPorts, subjectsOfShard } from './page-subjects.ts';
import { pageSizeOf } from './shard-reads.ts';

/** Rules with all that decides whether a lead matches them. */
export type MatchQuestion = Pick<PreviewQuestion, 'match' | 'rules' | 'now' | 'context'>;

/** Tells which leads match. Pages of a shard must follow each other. */
export interface LeadMatcher {
  /** How many leads of the shard to read at a time. */
  readonly pageSize: (shard: string) => number;
  /** Those leads of a page for which the rules hold. */
  readonly select: (shard: string, page: readonly LeadDocument[]) => Promise<readonly LeadDocument[]>;
}

/** Which leads match, as a preview counts them. `catalog`: read before the first of them is. */
export function leadMatcher(
  ports: SubjectPorts,
  { match, rules, now, context }: MatchQuestion,
  catalog: Catalog,
): LeadMatcher {
  const evaluation = compileRules(match, rules, context);
  let place: { readonly shard: string; readonly subjects: ShardSubjects } | undefined;
  const subjectsAt = (shard: string): ShardSubjects => {
    if (place?.shard !== shard) place = { shard, subjects: subjectsOfShard(ports, catalog, rules, now, shard) };
    return place.subjects;
  };
  return {
    pageSize: (shard) => pageSizeOf(subjectsAt(shard)),
    select: async (shard, page) => {
      const subjectOf = await subjectsAt(shard).ofPage(page);
      return page.filter((document) => evaluation.holds(subjectOf(document)));
    },
  };
}
