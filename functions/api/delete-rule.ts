import { notFound } from '../../shared/problem/problem.ts';
import { findRule, replaceRule } from '../../shared/segment/rule-edit.ts';
import { changeStoredSegment } from './edit-segment.ts';
import { parameter, type Route } from './route.ts';
import { etagOf } from './segment-answer.ts';

/** `DELETE /segments/{segmentId}/rules/{ruleId}` */
export const deleteRule: Route = async (request) => {
  const ruleId = parameter(request, 'ruleId');
  const segment = await changeStoredSegment(request, ({ rules }) => {
    if (!findRule(rules, ruleId)) throw notFound('rule', ruleId);
    return { rules: replaceRule(rules, ruleId, undefined) };
  });
  return { status: 204, headers: etagOf(segment) };
};
