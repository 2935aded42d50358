import { ruleSchema } from '../../shared/http/body-schemas.ts';
import { invalid, notFound, parseOrRefuse } from '../../shared/problem/problem.ts';
import { findRule, pointerToRule, replaceRule as replaceIn } from '../../shared/segment/rule-edit.ts';
import { changeStoredRule } from './edit-segment.ts';
import { parameter, type Route } from './route.ts';
import { etagOf } from './segment-answer.ts';

/** `PUT /segments/{segmentId}/rules/{ruleId}`: replaces one rule, wherever it is nested */
export const replaceRule: Route = async (request) => {
  const ruleId = parameter(request, 'ruleId');
  const sent = parseOrRefuse(ruleSchema, request.body());
  if (sent.id !== undefined && sent.id !== ruleId) {
    throw invalid([{ path: '/id', message: `must be ${ruleId} or left out` }]);
  }
  const segment = await changeStoredRule(request, ({ rules }) => {
    const pointer = pointerToRule(rules, ruleId);
    if (pointer === undefined) throw notFound('rule', ruleId);
    return { rules: replaceIn(rules, ruleId, { ...sent, id: ruleId }), pointer };
  });
  return { status: 200, headers: etagOf(segment), body: findRule(segment.rules, ruleId) };
};
