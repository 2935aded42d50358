import { describeEachRule, describeRules } from '../../shared/rule/describe.ts';
import { lintRules } from '../../shared/vocabulary/lint.ts';
import { catalog, segmentOr404, vocabulary } from './context.ts';
import { parameter, type Route } from './route.ts';
import { etagOf, segmentNames } from './segment-answer.ts';

/** `GET /segments/{segmentId}/rules`: the rules, what they say, and what is odd about them */
export const getRules: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const { match, rules } = segment;
  const [current, seen] = await Promise.all([catalog.current(), vocabulary.read()]);
  const nameOf = segmentNames(current);
  const { levels, eventRetentionDays } = current.context;
  const body = {
    match,
    rules,
    sentence: describeRules(match, rules, nameOf),
    sentences: describeEachRule(rules, nameOf),
    warnings: lintRules(match, rules, seen, levels, eventRetentionDays),
  };
  return { status: 200, headers: etagOf(segment), body };
};
