import { Duration, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type EventSourceMappingOptions, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { jobQueues } from '../shared/freshness/job-queues.ts';
import { maximumConcurrencies, type WakingQueue } from './concurrency.ts';
import type { Functions } from './functions.ts';
import type { HouseFunction } from './house-function.ts';
import { logicalIdOf } from './logical-id.ts';
import type { Queues } from './queues.ts';
import type { Tables } from './tables.ts';

/**
 * Which queue wakes which function. Changes come in large batches: all leads of a batch share the calls to AWS, and those
 * are what a change costs.
 */
export function consumeQueues(scope: Construct, functions: Functions, queues: Queues): void {
  const maxConcurrency = maximumConcurrencies(scope);
  const consume = (target: HouseFunction, name: WakingQueue, options: SqsEventSourceProps) => {
    const source = { ...options, reportBatchItemFailures: true, maxConcurrency: maxConcurrency[name] };
    target.addEventSource(new SqsEventSource(queues[name].queue, source));
  };
  for (const name of ['profileChanges', 'levelChanges', 'leadEvents', 'accountChanges'] as const) {
    consume(functions[name], name, { batchSize: 100, maxBatchingWindow: Duration.seconds(1) });
  }
  // More than ten at a time would have to wait for each other, and these are due to the second.
  consume(functions.dueLeads, 'dueLeads', { batchSize: 10 });
  for (const name of jobQueues) consume(functions.jobs, name, { batchSize: 1 });
}

/** Which writes to which table wake which function. */
export function consumeStreams(functions: Functions, tables: Tables, deadLetters: Bucket): void {
  const { projectMemberships, publishSegmentEvents } = functions;
  // The outbox is a JSON object, or empty text when a write announces nothing.
  consumeStream(projectMemberships, tables.leads, deadLetters, {
    dynamodb: { NewImage: { outbox: { S: FilterRule.beginsWith('{') } } },
  });
  consumeStream(publishSegmentEvents, tables.segments, deadLetters, {
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { NewImage: { pk: { S: FilterRule.isEqual('lifecycle') } } },
  });
}

function consumeStream(
  consumer: HouseFunction,
  table: Table,
  deadLetters: Bucket,
  filter: Record<string, unknown>,
): void {
  const streamArn = table.tableStreamArn;
  if (!streamArn) throw new Error(`${table.node.path} has no stream.`);
  const options: EventSourceMappingOptions = {
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 500,
    maxBatchingWindow: Duration.seconds(1),
    bisectBatchOnError: true,
    retryAttempts: 10,
    reportBatchItemFailures: true,
    filters: [FilterCriteria.filter(filter)],
    // The library's own destination would also let the function tag objects and lift their retention.
    onFailure: { bind: () => ({ destination: deadLetters.bucketArn }) },
    supportS3OnFailureDestination: true,
  };
  const mapping = consumer.addEventSourceMapping('Stream', options);
  // Lambda checks these permissions when it makes the mapping.
  mapping.node.addDependency(allowReading(consumer, table, streamArn, deadLetters));
}

/** What the stream's mapping does in the name of its function. */
function allowReading(consumer: HouseFunction, table: Table, streamArn: string, deadLetters: Bucket): Policy {
  const policy = new Policy(consumer, 'ReadStream', {
    roles: [consumer.role!],
    statements: [
      new PolicyStatement({
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [streamArn],
      }),
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: [`${table.tableArn}/stream/*`] }),
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [deadLetters.arnForObjects('*')] }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [deadLetters.bucketArn] }),
    ],
  });
  Validations.of(policy).acknowledge(
    {
      id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(table)}.Arn>/stream/*]`,
      reason: 'Lambda lists the streams of this table to learn their names.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(deadLetters)}.Arn>/*]`,
      reason: 'Lambda names the objects itself, and may only put them.',
    },
  );
  return policy;
}
