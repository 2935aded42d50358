/** Every function and the file with its handler. */
export const functionFiles = {
  Api: 'functions/api/handler.ts',
  ProfileChanges: 'functions/queues/profile-changes.ts',
  LevelChanges: 'functions/queues/level-changes.ts',
  LeadEvents: 'functions/queues/lead-events.ts',
  AccountChanges: 'shared/aws/account-change-worker.ts',
  Reevaluations: 'shared/aws/reevaluation-worker.ts',
  DueLeads: 'shared/aws/due-leads-worker.ts',
  ProjectMemberships: 'shared/aws/lead-stream-worker.ts',
  PublishSegmentEvents: 'shared/aws/lifecycle-stream-worker.ts',
  RestartRecalculations: 'functions/schedules/restart-recalculations.ts',
  QueueDueLeads: 'shared/aws/due-leads-schedule.ts',
  Reconcile: 'shared/aws/reconciliation-schedule.ts',
} as const satisfies Record<string, string>;

/** The name of a function: its noun or verb, without the suffix of its logical id. */
export type FunctionName = keyof typeof functionFiles;

/** `ProfileChanges` as file names have it: `profile-changes`. */
export function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** `ProfileChanges` as environment variables have it: `PROFILE_CHANGES`. */
export function upperSnakeCase(name: string): string {
  return kebabCase(name).replaceAll('-', '_').toUpperCase();
}
