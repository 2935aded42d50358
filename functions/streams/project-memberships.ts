import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createAccountStore } from '../../shared/account/account-store.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { publishEvents } from '../../shared/aws/publish-events.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import type { ErasureMessage } from '../../shared/erasure/erasure.ts';
import { createEventStore } from '../../shared/lead/event-store.ts';
import { decodeLead, decodeOutbox } from '../../shared/lead/lead-item.ts';
import { createProjector } from '../../shared/projection/project.ts';
import { createRowStore } from '../../shared/projection/row-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { jobQueueUrl } from '../job-queue-url.ts';

/** The worker of the Leads table's stream: projects what each write that has something to announce does. */
export function createLeadStreamWorker(
  { dynamodb, eventBridge, sqs }: Clients = createClients(),
): (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse> {
  const retentionDays = numericSetting('TRANSITION_RETENTION_DAYS');
  const jobsQueueUrl = jobQueueUrl('erasure');
  const bus = {
    eventBridge,
    sqs,
    busName: setting('BUS_NAME'),
    deadLettersQueueUrl: setting('BUS_DEAD_LETTERS_QUEUE_URL'),
  };
  const project = createProjector({
    projectRows: createRowStore(dynamodb, setting('MEMBERSHIPS_TABLE'), retentionDays),
    transitions: createTransitionStore(dynamodb, setting('TRANSITIONS_TABLE'), retentionDays),
    events: createEventStore(dynamodb, setting('EVENTS_TABLE'), numericSetting('EVENT_RETENTION_DAYS')),
    accounts: createAccountStore(dynamodb, setting('ACCOUNTS_TABLE')),
    erase: (leads) =>
      sendMessages(
        sqs,
        jobsQueueUrl,
        leads.map((lead) => ({ body: JSON.stringify({ kind: 'erasure', ...lead } satisfies ErasureMessage) })),
      ),
    publish: (events) => publishEvents(bus, events),
  });
  return async (event) => {
    const images = event.Records.flatMap(({ dynamodb: record }) => (record?.NewImage ? [record.NewImage] : []));
    await project(
      images.map((image) => {
        const item = image as Record<string, AttributeValue>;
        return { lead: decodeLead(item), outbox: decodeOutbox(item) };
      }),
    );
    return { batchItemFailures: [] };
  };
}

/** Wakes on writes of lead documents that carry transitions. */
export const handler = createLeadStreamWorker();
