import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, S3OnFailureDestination, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { HouseFunction } from './house-function.ts';
import type { Queues, QueueWithDeadLetters } from './queues.ts';
import { isProtected, type Stage } from './stage.ts';
import type { Tables } from './tables.ts';

/** What wakes the functions: queues, streams and the clock. */
export class WakeUps extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { functions, queues, tables, stage }: { functions: Functions; queues: Queues; tables: Tables; stage: Stage },
  ) {
    super(scope, id);
    const queueWakes = (
      { queue }: QueueWithDeadLetters,
      lambda: HouseFunction,
      batch: { batchSize: number; maxBatchingWindow?: Duration },
    ) => lambda.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, ...batch }));
    // Large batches: the calls to AWS are shared by all leads of a batch, and they are what a change costs.
    const large = { batchSize: 100, maxBatchingWindow: Duration.seconds(1) };
    queueWakes(queues.profileChanges, functions.profileChanges, large);
    queueWakes(queues.levelChanges, functions.levelChanges, large);
    queueWakes(queues.leadEvents, functions.leadEvents, large);
    queueWakes(queues.accountChanges, functions.accountChanges, large);
    queueWakes(queues.reevaluations, functions.reevaluations, { batchSize: 1 });
    queueWakes(queues.dueLeads, functions.dueLeads, { batchSize: 10 });

    // The library's interfaces are not written for exactOptionalPropertyTypes, hence the two `as`.
    const failures = new Bucket(this, 'ProjectionFailures', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: isProtected(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const stream = {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      maxBatchingWindow: Duration.seconds(1),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      onFailure: new S3OnFailureDestination(failures as IBucket),
    };
    functions.projectMemberships.addEventSource(
      new DynamoEventSource(tables.leads as ITable, {
        ...stream,
        filters: [FilterCriteria.filter({ dynamodb: { NewImage: { outbox: { S: FilterRule.exists() } } } })],
      }),
    );
    functions.publishSegmentEvents.addEventSource(
      new DynamoEventSource(tables.segments as ITable, {
        ...stream,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { NewImage: { pk: { S: FilterRule.isEqual('lifecycle') } } },
          }),
        ],
      }),
    );

    const eachMinute = (name: string, lambda: HouseFunction) =>
      new Rule(this, name, {
        schedule: Schedule.rate(Duration.minutes(1)),
        targets: [new LambdaFunction(lambda, { retryAttempts: 0 })],
      });
    eachMinute('RestartRecalculationsEachMinute', functions.restartRecalculations);
    eachMinute('QueueDueLeadsEachMinute', functions.queueDueLeads);
  }
}
