/** Every route of the HTTP API: the stack makes one gateway route of each, the API function dispatches by it. */
export const routes = [
  { method: 'POST', path: '/segments' },
  { method: 'GET', path: '/segments' },
  { method: 'GET', path: '/segments/{segmentId}' },
  { method: 'PATCH', path: '/segments/{segmentId}' },
  { method: 'DELETE', path: '/segments/{segmentId}' },
  { method: 'POST', path: '/segments/{segmentId}/copy' },
  { method: 'GET', path: '/segments/{segmentId}/rules' },
  { method: 'PUT', path: '/segments/{segmentId}/rules' },
  { method: 'POST', path: '/segments/{segmentId}/rules' },
  { method: 'GET', path: '/segments/{segmentId}/rules/{ruleId}' },
  { method: 'PUT', path: '/segments/{segmentId}/rules/{ruleId}' },
  { method: 'DELETE', path: '/segments/{segmentId}/rules/{ruleId}' },
  { method: 'GET', path: '/segments/{segmentId}/revisions' },
  { method: 'POST', path: '/segments/{segmentId}/revisions/{revision}/restore' },
  { method: 'POST', path: '/segments/{segmentId}/recalculate' },
  { method: 'GET', path: '/segments/{segmentId}/activity' },
  { method: 'GET', path: '/segments/{segmentId}/members' },
  { method: 'GET', path: '/segments/{segmentId}/overlap' },
  { method: 'GET', path: '/segments/{segmentId}/export' },
  { method: 'GET', path: '/exports/{exportId}' },
  { method: 'POST', path: '/segments/{segmentId}/members' },
  { method: 'DELETE', path: '/segments/{segmentId}/members/{leadId}' },
  { method: 'POST', path: '/preview' },
  { method: 'GET', path: '/previews/{previewId}' },
  { method: 'GET', path: '/leads' },
  { method: 'POST', path: '/leads/search' },
  { method: 'GET', path: '/leads/{leadId}' },
  { method: 'DELETE', path: '/leads/{leadId}' },
  { method: 'GET', path: '/leads/{leadId}/segments' },
  { method: 'GET', path: '/leads/{leadId}/segments/{segmentId}/explanation' },
  { method: 'GET', path: '/leads/{leadId}/timeline' },
  { method: 'GET', path: '/vocabulary' },
  { method: 'PUT', path: '/vocabulary/levels/{kind}' },
  { method: 'GET', path: '/templates' },
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/openapi.json' },
] as const;

type KeyOf<Route> = Route extends { method: infer Method extends string; path: infer Path extends string }
  ? `${Method} ${Path}`
  : never;

/** A route as API Gateway names it, such as `GET /segments/{segmentId}`. */
export type RouteKey = KeyOf<(typeof routes)[number]>;
