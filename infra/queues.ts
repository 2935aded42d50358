import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type JobQueue, jobQueues } from '../shared/freshness/job-queues.ts';
import { removalPolicyOf, type Stage } from './stage.ts';

/** How many deliveries of a message may fail before its worker moves it to the dead letters. */
export const maximumDeliveries = 5;

/**
 * How often Lambda may receive a message before SQS moves it, without a reason: the most there is. It receives a message
 * again and again that it cannot invoke the function with, because the account's concurrency is used up.
 */
const maximumReceives = 1_000;

/** A queue and where its worker moves messages after five deliveries that failed. */
export interface QueueWithDeadLetters {
  queue: Queue;
  deadLetters: Queue;
  /** How long its function may work on one batch. */
  timeout: Duration;
  /** How long a message is hidden that was received. */
  visibilityTimeout: Duration;
}

const longestRetention = Duration.days(14);

/** What all queues have: messages are kept as long as SQS can, and longer than the stack if its stage is protected. */
function propsOf(stage: Stage) {
  return {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: longestRetention,
    removalPolicy: removalPolicyOf(stage),
  } satisfies QueueProps;
}

function createQueue(scope: Construct, stage: Stage, id: string, timeout: Duration): QueueWithDeadLetters {
  const deadLetters = new Queue(scope, `${id}DeadLetters`, propsOf(stage));
  // Six times the function's timeout is what Lambda advises: a throttled batch must not reappear while it waits.
  const visibilityTimeout = Duration.seconds(6 * timeout.toSeconds());
  const queue = new Queue(scope, id, {
    ...propsOf(stage),
    visibilityTimeout,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maximumReceives },
  });
  return { queue, deadLetters, timeout, visibilityTimeout };
}

/** What comes in (one queue per kind of change, so that none delays another) and what the house tells itself. */
export function createQueues(scope: Construct, stage: Stage) {
  const create = (id: string, timeout: Duration) => createQueue(scope, stage, id, timeout);
  const minute = Duration.minutes(1);
  return {
    profileChanges: create('ProfileChanges', minute),
    levelChanges: create('LevelChanges', minute),
    leadEvents: create('LeadEvents', minute),
    accountChanges: create('AccountChanges', minute),
    ...ofJobs((id) => create(id, Duration.minutes(5))),
    dueLeads: create('DueLeads', minute),
    imports: create('Imports', Duration.minutes(5)),
    busDeadLetters: createDeadLetters(scope, stage, 'BusDeadLetters'),
    streamDeadLetters: createDeadLetters(scope, stage, 'StreamDeadLetters'),
  };
}

/** One for each queue of jobs. */
function ofJobs(create: (id: string) => QueueWithDeadLetters): Record<JobQueue, QueueWithDeadLetters> {
  const queues = jobQueues.map((name) => [name, create(`${name[0]!.toUpperCase()}${name.slice(1)}`)] as const);
  return Object.fromEntries(queues) as Record<JobQueue, QueueWithDeadLetters>;
}

/** Events that the bus refused, whole, or notes of batches that streams gave up; nothing reads them but people. */
function createDeadLetters(scope: Construct, stage: Stage, id: string): Queue {
  const deadLetters = new Queue(scope, id, propsOf(stage));
  Validations.of(deadLetters).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself where messages end: no function consumes it. A stage with alarms tells when it is not empty.',
  });
  return deadLetters;
}

export type Queues = ReturnType<typeof createQueues>;
