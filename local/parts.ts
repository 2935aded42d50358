import type { DynamoDb } from './dynamodb/dynamodb.ts';
import type { LocalTable } from './dynamodb/tables.ts';
import type { EventBuses } from './events/event-bus.ts';
import type { LocalFunctions } from './lambda/functions.ts';
import type { Log } from './log.ts';
import type { Sqs } from './queues/sqs.ts';
import type { S3 } from './s3.ts';
import type { StackResources } from './template/resources.ts';

/** The stand-ins that the parts of the template are connected to. */
export interface Parts {
  resources: StackResources;
  dynamoDb: DynamoDb;
  tables: LocalTable[];
  sqs: Sqs;
  s3: S3 | undefined;
  buses: EventBuses;
  functions: LocalFunctions;
  log: Log;
}
