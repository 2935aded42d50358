import { ruleSchema } from '../../shared/http/body-schemas.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import { changeStoredRule } from './edit-segment.ts';
import type { Route } from './route.ts';
import { etagOf } from './segment-answer.ts';

/** `POST /segments/{segmentId}/rules`: adds one rule at the top level */
export const addRule: Route = async (request) => {
  const rule = parseOrRefuse(ruleSchema, request.body());
  const segment = await changeStoredRule(request, ({ rules }) => ({
    rules: [...rules, rule],
    pointer: `/rules/${rules.length}`,
  }));
  const added = segment.rules.at(-1)!;
  const location = `/segments/${segment.id}/rules/${added.id}`;
  return { status: 201, headers: { ...etagOf(segment), location }, body: added };
};
