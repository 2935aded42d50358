import './settings-first.ts';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { LeadStores } from '../../functions/lead-stores.ts';
import { createAccountChangeWorker } from '../../functions/queues/account-changes.ts';
import { createDueLeadsWorker } from '../../functions/queues/due-leads.ts';
import { createJobWorker } from '../../functions/queues/jobs.ts';
import { createLeadChangeWorker } from '../../functions/queues/lead-changes.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { createDueLeadsSchedule } from '../../functions/schedules/queue-due-leads.ts';
import {
  createCatalogSchedule,
  createCleanUpSchedule,
  createRunSchedule,
} from '../../functions/schedules/tend-jobs.ts';
import { createLeadStreamWorker } from '../../functions/streams/project-memberships.ts';
import { createLifecycleStreamWorker } from '../../functions/streams/publish-segment-events.ts';
import type { Clients } from '../../shared/aws/clients.ts';
import { leadEventSchema, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import type { SimulatedClients } from './clients.ts';
import type { QueueName } from './store/cloud.ts';

/** A function that a queue wakes. */
export interface QueueConsumer {
  readonly queue: QueueName;
  readonly mostMessages: number;
  readonly make: (instance: { clients: Clients; makeStores: () => LeadStores }) => QueueFunction;
}

/** The functions that queues wake, with the handlers that functions/queues export. */
export const queueConsumers: readonly QueueConsumer[] = [
  {
    queue: 'profile-changes',
    mostMessages: 5,
    make: ({ makeStores }) =>
      createLeadChangeWorker(
        'profileChanges',
        profileChangeSchema,
        (change) => ({ kind: 'profile_change', ...change }),
        makeStores(),
      ),
  },
  {
    queue: 'level-changes',
    mostMessages: 5,
    make: ({ makeStores }) =>
      createLeadChangeWorker(
        'levelChanges',
        levelChangeSchema,
        (change) => ({ kind: 'level_change', ...change }),
        makeStores(),
      ),
  },
  {
    queue: 'lead-events',
    mostMessages: 5,
    make: ({ makeStores }) =>
      createLeadChangeWorker(
        'leadEvents',
        leadEventSchema,
        (change) => ({ kind: 'lead_event', ...change }),
        makeStores(),
      ),
  },
  { queue: 'account-changes', mostMessages: 3, make: ({ clients }) => createAccountChangeWorker(clients) },
  {
    queue: 'jobs',
    mostMessages: 1,
    make: ({ makeStores }) => createJobWorker(makeStores()),
  },
  { queue: 'due-leads', mostMessages: 3, make: ({ makeStores }) => createDueLeadsWorker(makeStores()) },
];

/** A function that a table's stream wakes, for the writes that its filter lets through. */
export interface StreamConsumer {
  readonly table: 'Leads' | 'Segments';
  readonly accepts: (record: { eventName: string; newImage?: Record<string, { S?: string }> }) => boolean;
  readonly make: (clients: Clients) => (event: DynamoDBStreamEvent) => Promise<unknown>;
}

/** The functions that streams wake, with the filters of infra/triggers.ts. */
export const streamConsumers: readonly StreamConsumer[] = [
  {
    table: 'Leads',
    accepts: ({ newImage }) => newImage?.outbox?.S?.startsWith('{') === true,
    make: (clients) => createLeadStreamWorker(clients),
  },
  {
    table: 'Segments',
    accepts: ({ eventName, newImage }) => eventName === 'INSERT' && newImage?.pk?.S === 'lifecycle',
    make: (clients) => createLifecycleStreamWorker(clients),
  },
];

/** The functions that the clock wakes each minute. */
export const schedules: Readonly<Record<string, (clients: SimulatedClients) => () => Promise<void>>> = {
  'queue-due-leads': createDueLeadsSchedule,
  'tend-runs': (clients) => createRunSchedule(clients, createCatalogSchedule(clients, clients.s3).catalog),
  'queue-clean-ups': createCleanUpSchedule,
  'take-snapshot': (clients) => createCatalogSchedule(clients, clients.s3).takeSnapshot,
};
