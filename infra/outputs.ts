import { CfnOutput } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Queues } from './queues.ts';
import type { Tables } from './tables.ts';

/** What whoever uses the stack needs to know of it; `.local/stack.json` is made from the same. */
export function createOutputs(
  scope: Construct,
  world: { api: HttpApi; queues: Queues; tables: Tables; bus: EventBus },
) {
  const output = (name: string, value: string) => new CfnOutput(scope, name, { value });
  const { api, queues, tables, bus } = world;
  output('ApiUrl', api.apiEndpoint);
  for (const { queue, deadLetters } of [
    queues.profileChanges,
    queues.levelChanges,
    queues.leadEvents,
    queues.accountChanges,
  ]) {
    output(`${queue.node.id}QueueUrl`, queue.queueUrl);
    output(`${deadLetters.node.id}QueueUrl`, deadLetters.queueUrl);
  }
  output('BusName', bus.eventBusName);
  for (const table of Object.values(tables)) output(`${table.node.id}TableName`, table.tableName);
}
