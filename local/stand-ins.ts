import type { DynamoDb } from './aws/dynamodb/dynamodb.ts';
import type { LocalTable } from './aws/dynamodb/tables.ts';
import type { EventBuses } from './aws/eventbridge/event-bus.ts';
import type { S3 } from './aws/s3.ts';
import type { Sqs } from './aws/sqs/sqs.ts';
import type { LocalFunctions } from './lambda/functions.ts';
import type { Log } from './log.ts';
import type { StackResources } from './template/resources.ts';

/** The stand-ins that the parts of the template are connected to. */
export interface StandIns {
  resources: StackResources;
  dynamoDb: DynamoDb;
  tables: LocalTable[];
  sqs: Sqs;
  s3: S3 | undefined;
  buses: EventBuses;
  functions: LocalFunctions;
  log: Log;
}
