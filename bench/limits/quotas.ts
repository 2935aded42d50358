/** Something that AWS publishes a limit of, as its documentation said when it was looked up. */
export interface Quota {
  readonly most: number;
  readonly of: string;
  /** Whether AWS raises it for an account that asks. */
  readonly isAdjustable: boolean;
  readonly source: string;
}

/** The day on which all of them were looked up. */
export const lookedUpOn = '2026-11-29';

const docs = 'https://docs.aws.amazon.com';
const dynamoDb = `${docs}/amazondynamodb/latest/developerguide`;
const lambda = `${docs}/lambda/latest/dg`;

/** Of an account that is not new, in us-east-1: other regions have less of what EventBridge takes. */
export const quotas = {
  tableUnits: {
    most: 40_000,
    of: 'write units a second of an on-demand table, and as many read units',
    isAdjustable: true,
    source: `${dynamoDb}/on-demand-capacity-mode-max-throughput.html`,
  },
  keyWrites: {
    most: 1_000,
    of: 'write units a second of a partition, so of one item, and of keys that only grow',
    isAdjustable: false,
    source: `${dynamoDb}/warm-throughput-scenarios.html`,
  },
  keyReads: {
    most: 3_000,
    of: 'read units a second of a partition, so of one item',
    isAdjustable: false,
    source: `${dynamoDb}/warm-throughput-scenarios.html`,
  },
  concurrency: {
    most: 1_000,
    of: 'functions at once in an account; a new one has fewer',
    isAdjustable: true,
    source: `${lambda}/gettingstarted-limits.html`,
  },
  mappingConcurrency: {
    most: 1_000,
    of: 'batches of one queue at once, at most what the deployment chooses',
    isAdjustable: false,
    source: `${lambda}/services-sqs-scaling.html`,
  },
  messagesInFlight: {
    most: 120_000,
    of: 'messages of one queue that were received and are not deleted',
    isAdjustable: true,
    source: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html`,
  },
  eventsPublished: {
    most: 10_000,
    of: 'calls of PutEvents a second (us-east-1; 2,400 in us-east-2)',
    isAdjustable: true,
    source: `${docs}/eventbridge/latest/userguide/eb-quota.html`,
  },
  apiCalls: {
    most: 10_000,
    of: 'calls of HTTP APIs a second; our stage allows 500 unless told otherwise',
    isAdjustable: true,
    source: `${docs}/apigateway/latest/developerguide/limits.html`,
  },
} as const satisfies Record<string, Quota>;
