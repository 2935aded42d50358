import { invalid } from '../../shared/problem/problem.ts';
import { type Rule, walkRules } from '../../shared/rule/rule.ts';

/** Refuses (422) pending rules, a body's `rules`, that refer to a segment that does not exist. */
export function refuseUnknownSegments(rules: readonly Rule[], known: ReadonlyMap<string, unknown>): void {
  const errors = [...walkRules(rules)].flatMap(({ rule, path }) => {
    if (rule.type !== 'segment' || known.has(rule.segmentId)) return [];
    return [{ path: `/rules/${path.join('/')}/segmentId`, message: `there is no segment ${rule.segmentId}` }];
  });
  if (errors.length > 0) throw invalid(errors);
}
