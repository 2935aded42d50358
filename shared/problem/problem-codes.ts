/** Every code of a problem, with its status. */
export const problemStatuses = {
  body_missing: 400,
  body_not_json: 400,
  body_too_deep: 400,
  idempotency_key: 400,
  condition_not_taken: 400,
  not_found: 404,
  no_such_route: 404,
  method_not_allowed: 405,
  name_taken: 409,
  referred_segment_inactive: 409,
  segment_referred_to: 409,
  segment_inactive: 409,
  import_state: 409,
  job_ended: 409,
  request_in_progress: 409,
  lead_too_large: 409,
  revision_moved: 412,
  body_too_large: 413,
  invalid: 422,
  idempotency_key_reused: 422,
  leads_busy: 429,
  read_budget_spent: 429,
  too_many_saves: 429,
  internal: 500,
  queues_unavailable: 503,
} as const;

/** What names a problem for programs: stable, whatever its words are. */
export type ProblemCode = keyof typeof problemStatuses;

/** After how many seconds the same request may succeed, where that is known: sent as `Retry-After`. */
export const retryAfterSeconds: Readonly<Partial<Record<ProblemCode, number>>> = {
  request_in_progress: 1,
  leads_busy: 1,
  read_budget_spent: 60,
  too_many_saves: 1,
  queues_unavailable: 5,
};
