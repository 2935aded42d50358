/** Every function and the file with its handler. */
export const functionFiles = {
  Api: 'functions/api/handler.ts',
  ProfileChanges: 'functions/queues/profile-changes.ts',
  LevelChanges: 'functions/queues/level-changes.ts',
  LeadEvents: 'functions/queues/lead-events.ts',
  AccountChanges: 'functions/queues/account-changes.ts',
  Jobs: 'functions/queues/jobs.ts',
  DueLeads: 'functions/queues/due-leads.ts',
  Imports: 'functions/queues/imports.ts',
  ProjectMemberships: 'functions/streams/project-memberships.ts',
  PublishSegmentEvents: 'functions/streams/publish-segment-events.ts',
  TendJobs: 'functions/schedules/tend-jobs.ts',
  QueueDueLeads: 'functions/schedules/queue-due-leads.ts',
  Reconcile: 'functions/schedules/reconcile.ts',
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
