import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { publishEvents } from '../../shared/aws/bus.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { setting } from '../../shared/aws/environment.ts';

const { eventBridge, sqs } = createClients();
const bus = {
  eventBridge,
  sqs,
  busName: setting('BUS_NAME'),
  parkedEventsQueueUrl: setting('PARKED_EVENTS_QUEUE_URL'),
};

/** Wakes on stored lifecycle events of segments and publishes them. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const images = event.Records.flatMap(({ dynamodb }) => (dynamodb?.NewImage ? [dynamodb.NewImage] : []));
  await publishEvents(
    bus,
    images.map(({ type, detail }) => ({ type: type?.S ?? '', detail: JSON.parse(detail?.S ?? '{}') })),
  );
  return { batchItemFailures: [] };
}
