/** Every function by name, with its file under `functions/`. */
export const functionFiles = {
  Api: 'api/handler.ts',
  ProfileChanges: 'queues/profile-changes.ts',
  LevelChanges: 'queues/level-changes.ts',
  LeadEvents: 'queues/lead-events.ts',
  AccountChanges: 'queues/account-changes.ts',
  Reevaluations: 'queues/reevaluations.ts',
  DueLeads: 'queues/due-leads.ts',
  ProjectMemberships: 'streams/project-memberships.ts',
  PublishSegmentEvents: 'streams/publish-segment-events.ts',
  RestartRecalculations: 'schedules/restart-recalculations.ts',
  QueueDueLeads: 'schedules/queue-due-leads.ts',
} as const;

/** The name of a function. */
export type FunctionName = keyof typeof functionFiles;
