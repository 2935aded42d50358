import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionTimeoutSeconds } from './house-function.ts';

/** Deliveries of a message before it goes to the dead letters. */
const maximumDeliveries = 5;

/** A queue with the queue of its dead letters. */
export interface QueueWithDeadLetters {
  readonly queue: Queue;
  readonly deadLetters: Queue;
}

/** The queues: four of changes, two of work that the service gives itself, and the parked events. */
export class Queues extends Construct {
  readonly profileChanges: QueueWithDeadLetters;
  readonly levelChanges: QueueWithDeadLetters;
  readonly leadEvents: QueueWithDeadLetters;
  readonly accountChanges: QueueWithDeadLetters;
  readonly reevaluations: QueueWithDeadLetters;
  readonly dueLeads: QueueWithDeadLetters;
  /** Events that EventBridge keeps refusing, whole; nobody consumes it but an operator. */
  readonly parkedEvents: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.profileChanges = this.withDeadLetters('ProfileChanges');
    this.levelChanges = this.withDeadLetters('LevelChanges');
    this.leadEvents = this.withDeadLetters('LeadEvents');
    this.accountChanges = this.withDeadLetters('AccountChanges');
    this.reevaluations = this.withDeadLetters('Reevaluations');
    this.dueLeads = this.withDeadLetters('DueLeads');
    this.parkedEvents = this.kept('ParkedEvents');
  }

  /** Every queue with dead letters. */
  get all(): readonly QueueWithDeadLetters[] {
    const { profileChanges, levelChanges, leadEvents, accountChanges, reevaluations, dueLeads } = this;
    return [profileChanges, levelChanges, leadEvents, accountChanges, reevaluations, dueLeads];
  }

  private withDeadLetters(name: string): QueueWithDeadLetters {
    const deadLetters = this.kept(`${name}DeadLetters`);
    const queue = new Queue(this, name, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's timeout, as AWS advises for queues that wake functions.
      visibilityTimeout: Duration.seconds(6 * functionTimeoutSeconds),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: maximumDeliveries },
    });
    return { queue, deadLetters };
  }

  private kept(name: string): Queue {
    return new Queue(this, name, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}
