import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { publishEvents } from '../../shared/aws/publish-events.ts';
import { setting } from '../../shared/aws/settings.ts';

/** The worker of the Segments table's stream: publishes the stored lifecycle events of segments. */
export function createLifecycleStreamWorker(
  { eventBridge, sqs }: Clients = createClients(),
): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  const bus = {
    eventBridge,
    sqs,
    busName: setting('BUS_NAME'),
    deadLettersQueueUrl: setting('BUS_DEAD_LETTERS_QUEUE_URL'),
  };
  return async (event) => {
    const images = event.Records.flatMap(({ dynamodb }) => (dynamodb?.NewImage ? [dynamodb.NewImage] : []));
    await publishEvents(
      bus,
      images.map(({ type, detail }) => ({ type: type?.S ?? '', detail: JSON.parse(detail?.S ?? '{}') })),
    );
    return { batchItemFailures: [] };
  };
}

/** Wakes on stored lifecycle events of segments and publishes them. */
export const handler = createLifecycleStreamWorker();
