import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type Clients, createClients } from './clients.ts';
import { numericSetting, setting } from './environment.ts';
import { decodeLead, decodeOutbox } from './lead-item.ts';
import { createMembershipStore } from './membership-store.ts';
import { createProjector } from './projector.ts';
import { createTransitionStore } from './transition-store.ts';

/** The worker of the Leads table's stream: projects the transitions of each write that carries some. */
export function createLeadStreamWorker(
  { dynamodb, eventBridge, sqs }: Clients = createClients(),
): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  const project = createProjector({
    memberships: createMembershipStore(dynamodb, setting('MEMBERSHIPS_TABLE')),
    transitions: createTransitionStore(
      dynamodb,
      setting('TRANSITIONS_TABLE'),
      numericSetting('TRANSITION_RETENTION_DAYS'),
    ),
    bus: {
      eventBridge,
      sqs,
      busName: setting('BUS_NAME'),
      parkedEventsQueueUrl: setting('PARKED_EVENTS_QUEUE_URL'),
    },
  });
  return async (event) => {
    const images = event.Records.flatMap(({ dynamodb: record }) => (record?.NewImage ? [record.NewImage] : []));
    await project(
      images.map((image) => {
        const item = image as Record<string, AttributeValue>;
        return { lead: decodeLead(item), transitions: decodeOutbox(item) };
      }),
    );
    return { batchItemFailures: [] };
  };
}
