const tables = ['SEGMENTS', 'LEADS', 'ACCOUNTS', 'EVENTS', 'MEMBERSHIPS', 'TRANSITIONS'];
const changeQueues = ['PROFILE_CHANGES', 'LEVEL_CHANGES', 'LEAD_EVENTS', 'ACCOUNT_CHANGES'];
const innerQueues = ['PROMPT_JOBS', 'JOBS', 'BACKGROUND_JOBS', 'DUE_LEADS', 'IMPORTS'];
const queues = [...changeQueues, ...innerQueues, 'DEAD_LETTERS', 'SOURCE', 'BUS_DEAD_LETTERS'];

/**
 * What the stack tells functions, for tests that load their files: handlers are made then. It names nothing that exists;
 * tests with tables and queues name their own before they make workers.
 */
export const functionSettings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(tables.map((name) => [`${name}_TABLE`, 'none'])),
  ...Object.fromEntries(queues.map((name) => [`${name}_QUEUE_URL`, 'none'])),
  AWS_REGION: 'eu-central-1',
  BUS_NAME: 'none',
  EXPORTS_BUCKET: 'none',
  IMPORT_FILES_BUCKET: 'none',
  CATALOG_SNAPSHOTS_BUCKET: 'none',
  MAXIMUM_DELIVERIES: '5',
  VISIBILITY_TIMEOUT_SECONDS: '360',
  // Scans cost a message a shard: with the usual 32, the journeys would take half as long again.
  SHARD_COUNT: '4',
  EVENT_RETENTION_DAYS: '400',
  TRANSITION_RETENTION_DAYS: '400',
  HASH_KEY: 'a key of tests',
  PREVIEW_READS_PER_MINUTE: '5000000',
  WARM_READ_UNITS: '12000',
};
