import type { S3Client } from '@aws-sdk/client-s3';
import { createAccountStore } from '../shared/account/account-store.ts';
import { type Clients, createClients } from '../shared/aws/clients.ts';
import { createS3Client } from '../shared/aws/object-storage.ts';
import { createReadPacer, type ReadPacer } from '../shared/aws/read-pacer.ts';
import { pauseWithJitter, sleep } from '../shared/aws/retries.ts';
import { numericSetting, setting } from '../shared/aws/settings.ts';
import { surroundings } from '../shared/aws/surroundings.ts';
import { createCatalogReader } from '../shared/catalog/catalog-reader.ts';
import { createSnapshotStore } from '../shared/catalog/snapshot-store.ts';
import { dueHorizonMs, queueDueLeads } from '../shared/lead/due-lead-store.ts';
import { createEventStore } from '../shared/lead/event-store.ts';
import { createLeadStore } from '../shared/lead/lead-store.ts';
import { createLeadTotalStore } from '../shared/lead/lead-total-store.ts';
import { shards } from '../shared/lead/shard.ts';
import { evaluateLeads, type LeadOutcome, type LeadPorts, type LeadWork } from '../shared/membership/evaluate-leads.ts';
import { createKeyedHash } from '../shared/privacy/keyed-hash.ts';
import { announcedRows } from '../shared/projection/announced-rows.ts';
import { createAnnouncementStore } from '../shared/projection/announcement-store.ts';
import { createLedgerStore } from '../shared/read-budget/ledger-store.ts';
import { createReadGovernor } from '../shared/read-budget/read-governor.ts';
import { partitionsOf } from '../shared/read-budget/table-units.ts';
import { createSegmentStore } from '../shared/segment/segment-store.ts';

/** How often messages of due leads follow each other: a lead may fall due again and again within seconds. */
const longestDueChain = 100;

/** The stores behind every function that evaluates leads. */
export type LeadStores = ReturnType<typeof createLeadStores>;

/** Where those stores are, how long events are kept, and what hides who somebody was. */
export interface LeadStoreNames {
  readonly segments: string;
  readonly leads: string;
  readonly accounts: string;
  readonly events: string;
  readonly eventRetentionDays: number;
  /** The bucket of the catalog's snapshots. */
  readonly catalogSnapshots: string;
  /** The secret key of hashes that stand for people and their values. */
  readonly hashKey: string;
}

/** What the function's environment says of them. */
export function leadStoreNames(): LeadStoreNames {
  return {
    segments: setting('SEGMENTS_TABLE'),
    leads: setting('LEADS_TABLE'),
    accounts: setting('ACCOUNTS_TABLE'),
    events: setting('EVENTS_TABLE'),
    eventRetentionDays: numericSetting('EVENT_RETENTION_DAYS'),
    catalogSnapshots: setting('CATALOG_SNAPSHOTS_BUCKET'),
    hashKey: setting('HASH_KEY'),
  };
}

/** What paces long reads of tables. */
export interface ReadPacers {
  readonly leads: ReadPacer;
  readonly events: ReadPacer;
  readonly memberships: ReadPacer;
}

/** Each process paces itself, by partition key: enough for whoever reads little. */
function createOwnPacers(): ReadPacers {
  return { leads: createReadPacer(), events: createReadPacer(), memberships: createReadPacer() };
}

/**
 * All processes that scan share the reads of each table, which serves so many read units a second (the setting
 * `WARM_READ_UNITS`).
 */
export function createScanPacers({ documents }: Clients, segmentsTable: string, warmReadUnits: number): ReadPacers {
  const governed = (scanned: keyof ReadPacers): ReadPacer =>
    createReadGovernor({
      ...surroundings,
      sleep,
      ledger: createLedgerStore(documents, segmentsTable, scanned),
      table: { partitions: partitionsOf(warmReadUnits), keys: shards.length },
      otherwise: createReadPacer(),
    });
  return { leads: governed('leads'), events: governed('events'), memberships: governed('memberships') };
}

/** Makes the stores. */
export function createLeadStores(
  clients: Clients = createClients(),
  names: LeadStoreNames = leadStoreNames(),
  s3: S3Client = createS3Client(),
  pacers: ReadPacers = createOwnPacers(),
) {
  const { dynamodb, documents } = clients;
  const { eventRetentionDays } = names;
  const { read } = createSnapshotStore(s3, names.catalogSnapshots);
  const segments = createSegmentStore(documents, names.segments);
  const hash = createKeyedHash(names.hashKey);
  return {
    clients,
    pacers,
    hash,
    segments,
    catalog: createCatalogReader(segments, eventRetentionDays, { read, note: surroundings.note }),
    leads: createLeadStore(dynamodb, names.leads, hash, pacers.leads),
    accounts: createAccountStore(dynamodb, names.accounts),
    events: createEventStore(dynamodb, names.events, eventRetentionDays, pacers.events),
    leadTotal: createLeadTotalStore(documents, names.segments),
    announcements: createAnnouncementStore(clients, names.segments),
  };
}

/** Makes the stores of a function that scans. */
export function createScanStores(): LeadStores {
  const [clients, names] = [createClients(), leadStoreNames()];
  const pacers = createScanPacers(clients, names.segments, numericSetting('WARM_READ_UNITS'));
  return createLeadStores(clients, names, createS3Client(), pacers);
}

/** The ports of the evaluation protocol, on those stores. */
export function leadPortsOf({ catalog, leads, accounts, events }: LeadStores): LeadPorts {
  return { catalog, leads, accounts, events, now: Date.now, pause: pauseWithJitter };
}

/**
 * Evaluates leads, keeps what it announces to the projector, counts the leads it creates and deletes, and queues those that
 * fall due within two minutes. `since`: what causes it was sent then (epoch ms) or later; `continued`: how many messages of
 * due leads followed each other up to here.
 */
export async function evaluateAndFollowUp(
  stores: LeadStores,
  work: readonly LeadWork[],
  {
    since = Date.now(),
    dueLeadsQueueUrl = setting('DUE_LEADS_QUEUE_URL'),
    continued = 0,
  }: { readonly since?: number; readonly dueLeadsQueueUrl?: string; readonly continued?: number } = {},
) {
  const result = await evaluateLeads(leadPortsOf(stores), work);
  const outcomes = [...result.outcomes.values()];
  for (const rows of announcedRows(outcomes)) await stores.announcements.add(rows, since, Date.now());
  const idsOf = (which: (outcome: LeadOutcome) => boolean) => outcomes.filter(which).map(({ leadId }) => leadId);
  await stores.leadTotal.add(
    idsOf(({ wasCreated }) => wasCreated),
    idsOf(({ wasDeleted }) => wasDeleted),
  );
  const now = Date.now();
  const due = outcomes.flatMap(({ leadId, newDueAt }) =>
    newDueAt !== undefined && newDueAt <= now + dueHorizonMs ? [{ leadId, dueAt: newDueAt }] : [],
  );
  // One that goes on for too long is the schedule's, which wakes once a minute.
  if (continued < longestDueChain) await queueDueLeads(stores.clients.sqs, dueLeadsQueueUrl, due, now, continued + 1);
  return result;
}
