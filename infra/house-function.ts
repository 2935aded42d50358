import { join } from 'node:path';
import { type Duration, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type FunctionName, kebabCase, upperSnakeCase } from './function-files.ts';
import { logicalIdOf } from './logical-id.ts';
import { maximumDeliveries, type QueueWithDeadLetters } from './queues.ts';
import { removalPolicyOf, type Stage, shardCountOf } from './stage.ts';

export interface HouseFunctionProps {
  description: string;
  stage: Stage;
  /** The directory that `bundleFunctions()` answers. */
  bundleDirectory: string;
  timeout: Duration;
  memorySize?: number;
  /**
   * Whether it sends messages to the queue that wakes it, for what is left to do. Lambda ends other chains in which a
   * function feeds itself after some sixteen invocations; this one counts by itself how far a chain goes.
   */
  mayFeedItself?: boolean;
}

/** A call that a function may make of a table. Nobody scans, with `Scan` or with a PartiQL `SELECT`. */
export type ReadAction = 'BatchGetItem' | 'ConditionCheckItem' | 'GetItem' | 'Query';
export type WriteAction =
  | 'BatchWriteItem'
  | 'DeleteItem'
  | 'PartiQLDelete'
  | 'PartiQLInsert'
  | 'PartiQLUpdate'
  | 'PutItem'
  | 'UpdateItem';

/** The writes that tell which items they are about; IAM knows no key of a PartiQL statement. */
export type KeyedWriteAction = Exclude<WriteAction, `PartiQL${string}`>;

/** Kinds of items in a table, each by the partition keys it has (with `*` for what varies), and how they are written. */
export type WritesByKey = Readonly<Record<string, readonly KeyedWriteAction[]>>;

/**
 * A function with the house's defaults. Each `can...` gives a permission and, in the same call, tells the function the
 * name of what it may now use: neither can be forgotten without the other.
 */
export class HouseFunction extends lambda.Function {
  constructor(scope: Construct, name: FunctionName, props: HouseFunctionProps) {
    const id = `${name}Function`;
    const logGroup = new LogGroup(scope, `${name}Log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: removalPolicyOf(props.stage),
    });
    // A role of our own: the managed policy that would come with the function may write any log group.
    const role = new Role(scope, `${name}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      description: props.description,
      code: lambda.Code.fromAsset(join(props.bundleDirectory, kebabCase(name))),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memorySize ?? 1024,
      timeout: props.timeout,
      recursiveLoop: props.mayFeedItself ? lambda.RecursiveLoop.ALLOW : lambda.RecursiveLoop.TERMINATE,
      tracing: lambda.Tracing.ACTIVE,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      role,
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        POWERTOOLS_SERVICE_NAME: 'lead-segments',
        EVENT_RETENTION_DAYS: '400',
        TRANSITION_RETENTION_DAYS: '400',
        SHARD_COUNT: String(shardCountOf(scope.node.tryGetContext('shardCount'))),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes trace segments only for all resources; no other statement of this role has a bare wildcard.',
    });
  }

  /** Tells it the name of tables: `LEADS_TABLE`. What it may do with them is said apart. */
  knows(...tables: Table[]): this {
    for (const table of tables) this.addEnvironment(`${upperSnakeCase(table.node.id)}_TABLE`, table.tableName);
    return this;
  }

  /** Lets it make these calls of a table. */
  canCall(table: Table, ...actions: (ReadAction | WriteAction)[]): this {
    this.allow(
      actions.map((action) => `dynamodb:${action}`),
      [table.tableArn],
    );
    return this.knows(table);
  }

  /** Lets it query an index of a table. */
  canQueryIndex(table: Table, index: string): this {
    this.allow(['dynamodb:Query'], [`${table.tableArn}/index/${index}`]);
    return this.knows(table);
  }

  /** Lets it write only these kinds of items in a table. */
  canWriteOnly(table: Table, writes: WritesByKey): this {
    const kindsOf = new Map<KeyedWriteAction, string[]>();
    for (const [key, actions] of Object.entries(writes)) {
      for (const action of actions) kindsOf.set(action, [...(kindsOf.get(action) ?? []), key]);
    }
    for (const [action, keys] of kindsOf) {
      this.allow([`dynamodb:${action}`], [table.tableArn], {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
      });
    }
    return this.knows(table);
  }

  /** Lets it send to a queue: `DUE_LEADS_QUEUE_URL`, unless it knows the queue by another name. */
  canSend(queue: Queue, name = upperSnakeCase(queue.node.id)): this {
    return this.useQueue(queue, name, 'sqs:SendMessage');
  }

  /**
   * Lets it send messages of the queues that wake it to their dead letters, have others come again sooner, and tells it how
   * many deliveries may fail and how long a message is hidden then: `SOURCE_QUEUE_URL` and `DEAD_LETTERS_QUEUE_URL` (with
   * commas between, in the same order), `MAXIMUM_DELIVERIES`, `VISIBILITY_TIMEOUT_SECONDS`.
   */
  canRefuse(...queues: [QueueWithDeadLetters, ...QueueWithDeadLetters[]]): this {
    this.addEnvironment('VISIBILITY_TIMEOUT_SECONDS', String(queues[0].visibilityTimeout.toSeconds()));
    this.addEnvironment('MAXIMUM_DELIVERIES', String(maximumDeliveries));
    this.allow(
      ['sqs:ChangeMessageVisibility'],
      queues.map(({ queue }) => queue.queueArn),
    );
    this.allow(
      ['sqs:SendMessage'],
      queues.map(({ deadLetters }) => deadLetters.queueArn),
    );
    this.addEnvironment('SOURCE_QUEUE_URL', queues.map(({ queue }) => queue.queueUrl).join(','));
    this.addEnvironment('DEAD_LETTERS_QUEUE_URL', queues.map(({ deadLetters }) => deadLetters.queueUrl).join(','));
    return this;
  }

  /** Lets it ask how many messages a queue holds: `PROFILE_CHANGES_QUEUE_URL`. */
  canReadAttributes(...queues: Queue[]): this {
    for (const queue of queues) this.useQueue(queue, upperSnakeCase(queue.node.id), 'sqs:GetQueueAttributes');
    return this;
  }

  /** Lets it read the messages of a queue and leave them there, and ask how many there are. */
  canLookAt(...queues: Queue[]): this {
    // In one statement: a role's own policy has room for 10,240 characters.
    this.allow(
      ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      queues.map(({ queueArn }) => queueArn),
    );
    for (const queue of queues) this.addEnvironment(`${upperSnakeCase(queue.node.id)}_QUEUE_URL`, queue.queueUrl);
    return this;
  }

  /** Lets it publish on a bus: `BUS_NAME`. */
  canPut(bus: EventBus): this {
    this.allow(['events:PutEvents'], [bus.eventBusArn]);
    this.addEnvironment('BUS_NAME', bus.eventBusName);
    return this;
  }

  /** Lets it read the objects of a bucket, all of which it names itself: `EXPORTS_BUCKET`. */
  canReadObjects(bucket: Bucket): this {
    return this.useBucket(bucket, ['s3:GetObject']);
  }

  /** Lets it write objects of a bucket. */
  canPutObjects(bucket: Bucket): this {
    return this.useBucket(bucket, ['s3:PutObject']);
  }

  /** Lets it write objects of a bucket and remove others. */
  canReplaceObjects(bucket: Bucket): this {
    return this.useBucket(bucket, ['s3:DeleteObject', 's3:PutObject']);
  }

  /** Lets it read and write the objects of a bucket: `EXPORTS_BUCKET`. */
  canReadAndWriteObjects(bucket: Bucket): this {
    // Without it S3 refuses to say that there is no such object.
    this.allow(['s3:ListBucket'], [bucket.bucketArn]);
    return this.useBucket(bucket, ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject']);
  }

  /** Gives it the key of hashes, which CloudFormation puts into its settings: `HASH_KEY`. */
  canHash(key: Secret): this {
    this.addEnvironment('HASH_KEY', key.secretValue.unsafeUnwrap());
    return this;
  }

  private useBucket(bucket: Bucket, actions: string[]): this {
    this.allow(actions, [bucket.arnForObjects('*')]);
    this.addEnvironment(`${upperSnakeCase(bucket.node.id)}_BUCKET`, bucket.bucketName);
    Validations.of(this.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(bucket)}.Arn>/*]`,
      reason: 'Objects get their names while it runs; the bucket holds nothing else.',
    });
    return this;
  }

  private useQueue(queue: Queue, name: string, action: string): this {
    this.allow([action], [queue.queueArn]);
    this.addEnvironment(`${name}_QUEUE_URL`, queue.queueUrl);
    return this;
  }

  private allow(actions: string[], resources: string[], conditions?: Conditions): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
  }
}
