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

/**
 * How long (ms) one try of a call may take: to connect, until it is answered, and without a byte in the middle of an answer.
 * Without, a call that is never answered would last until its function is stopped. These answer within a second; all five
 * tries take less than the 29 seconds of the shortest function.
 */
export const callTimeouts = {
  connectionTimeout: 3_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  socketTimeout: 6_000,
};

/** Makes the clients from the environment: region, credentials and, locally, endpoints. */
export function createClients(requestHandler = callTimeouts): Clients {
  const config = { logger, maxAttempts: 5, requestHandler };
  const dynamodb = new DynamoDBClient(config);
  return {
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } }),
    sqs: new SQSClient(config),
    eventBridge: new EventBridgeClient(config),
  };
}
