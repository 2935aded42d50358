import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** How often a message is delivered before it goes to the dead letters. */
export const maximumDeliveries = 5;

/** A queue and where its messages go after five failed deliveries. */
export interface QueueWithDeadLetters {
  queue: Queue;
  deadLetters: Queue;
  /** How long its function may work on one batch. */
  timeout: Duration;
  /** How long a message is hidden that was received. */
  visibilityTimeout: Duration;
}

const encrypted = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } satisfies QueueProps;
const longestRetention = Duration.days(14);

function createQueue(scope: Construct, id: string, timeout: Duration): QueueWithDeadLetters {
  const deadLetters = new Queue(scope, `${id}DeadLetters`, { ...encrypted, retentionPeriod: longestRetention });
  // Six times the function's timeout is what Lambda advises: a throttled batch must not reappear while it waits.
  const visibilityTimeout = Duration.seconds(6 * timeout.toSeconds());
  const queue = new Queue(scope, id, {
    ...encrypted,
    retentionPeriod: longestRetention,
    visibilityTimeout,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maximumDeliveries },
  });
  return { queue, deadLetters, timeout, visibilityTimeout };
}

/** What comes in (one queue per kind of change, so that none delays another) and what the house tells itself. */
export function createQueues(scope: Construct) {
  const minute = Duration.minutes(1);
  return {
    profileChanges: createQueue(scope, 'ProfileChanges', minute),
    levelChanges: createQueue(scope, 'LevelChanges', minute),
    leadEvents: createQueue(scope, 'LeadEvents', minute),
    accountChanges: createQueue(scope, 'AccountChanges', minute),
    jobs: createQueue(scope, 'Jobs', Duration.minutes(5)),
    dueLeads: createQueue(scope, 'DueLeads', minute),
    busDeadLetters: createBusDeadLetters(scope),
  };
}

/** Events that the bus refused, whole; nothing reads them but people. */
function createBusDeadLetters(scope: Construct): Queue {
  const deadLetters = new Queue(scope, 'BusDeadLetters', { ...encrypted, retentionPeriod: longestRetention });
  Validations.of(deadLetters).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself where messages end: no function consumes it, and an alarm tells when it is not empty.',
  });
  return deadLetters;
}

export type Queues = ReturnType<typeof createQueues>;
