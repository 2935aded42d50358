import { invalid, jsonPointer, unknownSegment } from '../../shared/problem/problem.ts';
import { type Rule, walkRules } from '../../shared/rule/rule.ts';

/** Refuses (422) pending rules, a body's `rules`, that refer to a segment that does not exist. */
export function refuseUnknownSegments(rules: readonly Rule[], known: ReadonlyMap<string, unknown>): void {
  const errors = [...walkRules(rules)].flatMap(({ rule, path }) => {
    if (rule.type !== 'segment' || known.has(rule.segmentId)) return [];
    return [unknownSegment(jsonPointer(['rules', ...path, 'segmentId']), rule.segmentId)];
  });
  if (errors.length > 0) throw invalid(errors);
}
