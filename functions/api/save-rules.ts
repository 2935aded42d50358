import { saveRulesSchema } from '../../shared/http/body-schemas.ts';
import { parseOrRefuse } from '../../shared/problem/problem.ts';
import { saveSegment } from './edit-segment.ts';
import type { Route } from './route.ts';

/** `PUT /segments/{segmentId}/rules`: "Save Rules" */
export const saveRules: Route = async (request) => {
  const { match, rules } = parseOrRefuse(saveRulesSchema, request.body());
  return saveSegment(request, () => ({ rules, ...(match && { match }) }));
};
