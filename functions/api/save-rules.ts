import { parseOrRefuse } from '../../shared/http/problem.ts';
import { saveRulesSchema } from '../../shared/http/request.ts';
import type { Route } from './route.ts';
import { saveSegment } from './save-segment.ts';

/** `PUT /segments/{segmentId}/rules`: "Save Rules" */
export const saveRules: Route = async (request) => {
  const { match, rules } = parseOrRefuse(saveRulesSchema, request.body());
  return saveSegment(request, () => ({ rules, ...(match && { match }) }));
};
