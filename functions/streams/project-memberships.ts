import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createClients } from '../../shared/aws/clients.ts';
import { numericSetting, setting } from '../../shared/aws/environment.ts';
import { decodeLead, decodeOutbox } from '../../shared/aws/lead-item.ts';
import { createMembershipStore } from '../../shared/aws/membership-store.ts';
import { createProjector } from '../../shared/aws/projector.ts';
import { createTransitionStore } from '../../shared/aws/transition-store.ts';

const { dynamodb, eventBridge, sqs } = createClients();
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

/** Wakes on writes of lead documents that carry transitions. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const images = event.Records.flatMap(({ dynamodb: record }) => (record?.NewImage ? [record.NewImage] : []));
  await project(
    images.map((image) => {
      const item = image as Record<string, AttributeValue>;
      return { lead: decodeLead(item), transitions: decodeOutbox(item) };
    }),
  );
  return { batchItemFailures: [] };
}
