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
import { wholeNumber } from './whole-number.ts';

/**
 * How long changes and the projection wait for their batches to fill. By the context `batchingWindow` (seconds, 0 to 20; 0
 * without one): batches that are full cost less.
 */
function batchingWindow(scope: Construct): Duration {
  return Duration.seconds(wholeNumber('batchingWindow', scope.node.tryGetContext('batchingWindow') ?? 0, 0, 20));
}

/**
 * Which queue wakes which function. Ten messages are as many as Lambda gives without a batching window, and with one it may
 * let a lone message wait for 20 seconds. Workers of changes take more by themselves when they are given ten.
 */
export function consumeQueues(scope: Construct, functions: Functions, queues: Queues): void {
  const maxConcurrency = maximumConcurrencies(scope);
  const consume = (target: HouseFunction, name: WakingQueue, options: SqsEventSourceProps) => {
    const source = { ...options, reportBatchItemFailures: true, maxConcurrency: maxConcurrency[name] };
    target.addEventSource(new SqsEventSource(queues[name].queue, source));
  };
  const window = batchingWindow(scope);
  for (const name of ['profileChanges', 'levelChanges', 'leadEvents', 'accountChanges'] as const) {
    const gathering = { batchSize: 100, maxBatchingWindow: window };
    consume(functions[name], name, window.toSeconds() > 0 ? gathering : { batchSize: 10 });
  }
  consume(functions.dueLeads, 'dueLeads', { batchSize: 10 });
  consume(functions.imports, 'imports', { batchSize: 1 });
  for (const name of jobQueues) consume(functions.jobs, name, { batchSize: 1 });
}

/** Which writes to which table wake which function. */
export function consumeStreams(functions: Functions, tables: Tables, deadLetters: Bucket): void {
  const { projectMemberships, publishSegmentEvents } = functions;
  // The outbox is a JSON object, or empty text when a write announces nothing.
  const announcing = { dynamodb: { NewImage: { outbox: { S: FilterRule.beginsWith('{') } } } };
  consumeStream(projectMemberships, tables.leads, deadLetters, announcing, batchingWindow(projectMemberships));
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
  window = Duration.seconds(0),
): void {
  const streamArn = table.tableStreamArn;
  if (!streamArn) throw new Error(`${table.node.path} has no stream.`);
  const options: EventSourceMappingOptions = {
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 500,
    // Without a window Lambda invokes as soon as there is something; the next batch gathers in the stream meanwhile.
    maxBatchingWindow: window,
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
