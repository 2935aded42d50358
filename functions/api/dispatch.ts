import { contracts } from '../../shared/http/contract.ts';
import { checkQuery } from '../../shared/http/query.ts';
import type { RouteKey } from '../../shared/http/routes.ts';
import { Problem } from '../../shared/problem/problem.ts';
import { addMembers } from './add-members.ts';
import { addRule } from './add-rule.ts';
import { changeSegment } from './change-segment.ts';
import { compareSegments } from './compare-segments.ts';
import { copySegment } from './copy-segment.ts';
import { createSegment } from './create-segment.ts';
import { deleteLead } from './delete-lead.ts';
import { deleteRule } from './delete-rule.ts';
import { deleteSegment } from './delete-segment.ts';
import { explainMembership } from './explain-membership.ts';
import { exportSegment } from './export-segment.ts';
import { segmentActivity } from './get-activity.ts';
import { getExport } from './get-export.ts';
import { getHealth } from './get-health.ts';
import { getLead } from './get-lead.ts';
import { getOpenapi } from './get-openapi.ts';
import { getPreview } from './get-preview.ts';
import { getRule } from './get-rule.ts';
import { getRules } from './get-rules.ts';
import { getSegment } from './get-segment.ts';
import { getVocabulary } from './get-vocabulary.ts';
import { listLeadSegments } from './list-lead-segments.ts';
import { listLeads } from './list-leads.ts';
import { listMembers } from './list-members.ts';
import { listRevisions } from './list-revisions.ts';
import { listSegments } from './list-segments.ts';
import { listTemplates } from './list-templates.ts';
import { listTimeline } from './list-timeline.ts';
import { previewRules } from './preview-rules.ts';
import { recalculateSegment } from './recalculate-segment.ts';
import { removeMember } from './remove-member.ts';
import { replaceRule } from './replace-rule.ts';
import { restoreRevision } from './restore-revision.ts';
import type { ApiRequest, ApiResponse, Route } from './route.ts';
import { saveLevels } from './save-levels.ts';
import { saveRules } from './save-rules.ts';
import { searchLeads } from './search-leads.ts';

/** Every route with what answers it; the compiler refuses a missing or an extra one. */
const table: Record<RouteKey, Route> = {
  'POST /segments': createSegment,
  'GET /segments': listSegments,
  'GET /segments/{segmentId}': getSegment,
  'PATCH /segments/{segmentId}': changeSegment,
  'DELETE /segments/{segmentId}': deleteSegment,
  'POST /segments/{segmentId}/copy': copySegment,
  'GET /segments/{segmentId}/rules': getRules,
  'PUT /segments/{segmentId}/rules': saveRules,
  'POST /segments/{segmentId}/rules': addRule,
  'GET /segments/{segmentId}/rules/{ruleId}': getRule,
  'PUT /segments/{segmentId}/rules/{ruleId}': replaceRule,
  'DELETE /segments/{segmentId}/rules/{ruleId}': deleteRule,
  'GET /segments/{segmentId}/revisions': listRevisions,
  'POST /segments/{segmentId}/revisions/{revision}/restore': restoreRevision,
  'POST /segments/{segmentId}/recalculate': recalculateSegment,
  'GET /segments/{segmentId}/activity': segmentActivity,
  'GET /segments/{segmentId}/members': listMembers,
  'GET /segments/{segmentId}/overlap': compareSegments,
  'GET /segments/{segmentId}/export': exportSegment,
  'GET /exports/{exportId}': getExport,
  'POST /segments/{segmentId}/members': addMembers,
  'DELETE /segments/{segmentId}/members/{leadId}': removeMember,
  'POST /preview': previewRules,
  'GET /previews/{previewId}': getPreview,
  'GET /leads': listLeads,
  'POST /leads/search': searchLeads,
  'GET /leads/{leadId}': getLead,
  'DELETE /leads/{leadId}': deleteLead,
  'GET /leads/{leadId}/segments': listLeadSegments,
  'GET /leads/{leadId}/segments/{segmentId}/explanation': explainMembership,
  'GET /leads/{leadId}/timeline': listTimeline,
  'GET /vocabulary': getVocabulary,
  'PUT /vocabulary/levels/{kind}': saveLevels,
  'GET /templates': listTemplates,
  'GET /health': getHealth,
  'GET /openapi.json': getOpenapi,
};

const isRouteKey = (key: string): key is RouteKey => Object.hasOwn(table, key);

/** Answers a request by its route. Throws 404 for one the API does not have, 422 for a query the route does not know. */
export async function dispatch(routeKey: string, rawQuery: string, request: ApiRequest): Promise<ApiResponse> {
  if (!isRouteKey(routeKey)) throw new Problem(404, 'no_such_route', 'The API has no such route');
  checkQuery(rawQuery, contracts[routeKey].query ?? []);
  return table[routeKey](request);
}
