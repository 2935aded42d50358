import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// The default logger has an empty `info`, for which the client filters every output in vain: a third of its time on
// large pages. A logger without one switches that off. Errors are thrown to us, and some of them are expected.
const logger = { debug: () => {}, warn: console.warn, error: () => {} } as unknown as Console;

/** The AWS clients of one function, made once and kept warm. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly eventBridge: EventBridgeClient;
}

/** Makes the clients from the environment: region, credentials and, locally, endpoints. */
export function createClients(): Clients {
  const dynamodb = new DynamoDBClient({ logger, maxAttempts: 5 });
  return {
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } }),
    sqs: new SQSClient({ logger, maxAttempts: 5 }),
    eventBridge: new EventBridgeClient({ logger, maxAttempts: 5 }),
  };
}
