import type { Catalog } from '../../shared/catalog/catalog.ts';
import { searchSchema } from '../../shared/http/body-schemas.ts';
import { positionOf, shardPositionSchema } from '../../shared/http/pages.ts';
import { type FindLeadsPorts, findLeads } from '../../shared/lead/find-leads.ts';
import { compileRules } from '../../shared/matcher/evaluation.ts';
import { type ShardSubjects, subjectsOfShard } from '../../shared/preview/page-subjects.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import type { Match, Rule } from '../../shared/rule/rule.ts';
import { catalog, events, leads } from './context.ts';
import { answerSoon, leadPage } from './list-leads.ts';
import { refuseUnknownSegments } from './refuse-unknown-segments.ts';
import type { Route } from './route.ts';

/** `POST /leads/search`: the leads that match rules, as a preview counts them */
export const searchLeads: Route = async ({ body }) => {
  const { match, rules, limit, cursor } = parseOrRefuse(searchSchema, body());
  const { shard = 0, after } = positionOf(cursor, shardPositionSchema) ?? {};
  const current = await catalog.current();
  refuseUnknownSegments(rules, current.known);
  if (rules.length === 0) return leadPage({ leads: [] });
  const ports = { pages: leads.page, select: matching(match, rules, current, Date.now()), isTimeUp: answerSoon() };
  return leadPage(await findLeads(ports, { shard, ...(after !== undefined && { after }) }, limit));
};

/** Which leads of a page the rules hold for, at that moment. Pages of a shard follow each other. */
function matching(
  match: Match,
  rules: readonly Rule[],
  current: Catalog,
  now: number,
): NonNullable<FindLeadsPorts['select']> {
  const evaluation = compileRules(match, rules, current.context);
  let place: { readonly shard: string; readonly subjects: ShardSubjects } | undefined;
  return async (shard, page) => {
    if (place?.shard !== shard) {
      const ports = { catalog, eventPages: events.pagesFrom };
      place = { shard, subjects: subjectsOfShard(ports, current, rules, now, shard) };
    }
    const subjectOf = await place.subjects.ofPage(page);
    return page.filter((document) => evaluation.holds(subjectOf(document)));
  };
}
