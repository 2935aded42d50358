import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { FindLeadsPorts } from '../../shared/lead/find-leads.ts';
import { compileRules } from '../../shared/matcher/evaluation.ts';
import { type ShardSubjects, subjectsOfShard } from '../../shared/preview/page-subjects.ts';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import type { ApiWorld } from './api-world.ts';

/** Which leads of a page rules hold for at this moment, as a preview counts them. Pages of a shard follow each other. */
export function matchingLeads(
  { catalog, events, now }: Pick<ApiWorld, 'catalog' | 'events' | 'now'>,
  match: Match,
  rules: readonly Rule[],
  current: Catalog,
): NonNullable<FindLeadsPorts['select']> {
  const moment = now();
  const evaluation = compileRules(match, rules, current.context);
  let place: { readonly shard: string; readonly subjects: ShardSubjects } | undefined;
  return async (shard, page) => {
    if (place?.shard !== shard) {
      const ports = { catalog, eventPages: events.pagesFrom };
      place = { shard, subjects: subjectsOfShard(ports, current, rules, moment, shard) };
    }
    const subjectOf = await place.subjects.ofPage(page);
    return page.filter((document) => evaluation.holds(subjectOf(document)));
  };
}
