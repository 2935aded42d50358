import { notFound } from '../../shared/problem/problem.ts';
import { findRule } from '../../shared/segment/rule-edit.ts';
import { segmentOr404 } from './context.ts';
import { parameter, type Route } from './route.ts';
import { etagOf } from './segment-answer.ts';

/** `GET /segments/{segmentId}/rules/{ruleId}` */
export const getRule: Route = async (request) => {
  const segment = await segmentOr404(parameter(request, 'segmentId'));
  const rule = findRule(segment.rules, parameter(request, 'ruleId'));
  if (!rule) throw notFound('rule', parameter(request, 'ruleId'));
  return { status: 200, headers: etagOf(segment), body: rule };
};
