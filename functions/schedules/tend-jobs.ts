import type { S3Client } from '@aws-sdk/client-s3';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { queueDepth, senderTo } from '../../shared/aws/send-messages.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import { createCatalogReader } from '../../shared/catalog/catalog-reader.ts';
import { createSnapshotStore } from '../../shared/catalog/snapshot-store.ts';
import { createSnapshotTaker } from '../../shared/catalog/take-snapshot.ts';
import { createFanOutStore, tidyFanOuts } from '../../shared/freshness/fan-out-store.ts';
import { createAnnouncementStore } from '../../shared/projection/announcement-store.ts';
import { createListedRowStore } from '../../shared/projection/listed-row-store.ts';
import { createUnlistedReader } from '../../shared/projection/unlisted.ts';
import { createRunStore } from '../../shared/recalculation/run-store.ts';
import { createRunStarter } from '../../shared/recalculation/start-run.ts';
import { createRunTender } from '../../shared/recalculation/tend-runs.ts';
import { createCleanUpStore } from '../../shared/segment/clean-up-store.ts';
import { createSegmentStore } from '../../shared/segment/segment-store.ts';
import { createCleanUpStarter, tendCleanUps } from '../../shared/segment/start-clean-up.ts';
import { jobQueueUrl } from '../job-queue-url.ts';

/** The catalog as the schedules read it, and what takes snapshots of it. */
export function createCatalogSchedule({ documents }: Clients = createClients(), s3: S3Client = createS3Client()) {
  const { note, now } = surroundings;
  const files = createSnapshotStore(s3, setting('CATALOG_SNAPSHOTS_BUCKET'));
  const source = createSegmentStore(documents, setting('SEGMENTS_TABLE'));
  return {
    catalog: createCatalogReader(source, numericSetting('EVENT_RETENTION_DAYS'), { read: files.read, note }),
    takeSnapshot: createSnapshotTaker({ source, noteSnapshot: source.noteSnapshot, files, now, note }),
  };
}

/** The minute schedule of recalculations. */
export function createRunSchedule(
  { documents, sqs }: Clients,
  catalog: { current: () => Promise<Catalog> },
): () => Promise<void> {
  const queueUrl = jobQueueUrl('recalculation');
  const recalculations = createRunStore(documents, setting('SEGMENTS_TABLE'), catalog);
  return createRunTender({
    ...surroundings,
    catalog,
    recalculations,
    starter: createRunStarter(recalculations, senderTo(sqs, queueUrl), surroundings),
    isQueueEmpty: async () => (await queueDepth(sqs, queueUrl)).waiting === 0,
  });
}

/** The minute schedule of clean-ups. */
export function createCleanUpSchedule({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const store = createCleanUpStore(documents, setting('SEGMENTS_TABLE'));
  const start = createCleanUpStarter(store, senderTo(sqs, jobQueueUrl('clean_up')), surroundings);
  return () => tendCleanUps(store, start, surroundings);
}

/** The minute schedule of what was announced to the projector. */
function createAnnouncementSchedule(
  clients: Clients,
  catalog: { current: () => Promise<Catalog> },
): () => Promise<void> {
  const { tidy } = createUnlistedReader({
    announcements: createAnnouncementStore(clients, setting('SEGMENTS_TABLE')),
    listed: createListedRowStore(clients.dynamodb, setting('MEMBERSHIPS_TABLE')),
  });
  return async () => tidy(new Set((await catalog.current()).active.keys()));
}

/** The minute schedule of fan-outs of accounts. */
export function createFanOutSchedule(clients: Clients = createClients()): () => Promise<void> {
  const fanOuts = createFanOutStore(clients, setting('SEGMENTS_TABLE'));
  const isQueueEmpty = async (): Promise<boolean> => {
    const { waiting, inFlight, delayed } = await queueDepth(clients.sqs, jobQueueUrl('account_fan_out'));
    return waiting + inFlight + delayed === 0;
  };
  return () => tidyFanOuts(fanOuts, isQueueEmpty, Date.now());
}

const clients = createClients();
const { catalog, takeSnapshot } = createCatalogSchedule(clients);
const tendRuns = createRunSchedule(clients, catalog);
const queueCleanUps = createCleanUpSchedule(clients);
const tidyAnnouncements = createAnnouncementSchedule(clients, catalog);
const tendFanOuts = createFanOutSchedule(clients);

/**
 * Wakes each minute: looks after recalculations that get stuck or failed, clean-ups after deleted segments,
 * announcements that lists show by now, and notes of fan-outs whose messages are in no queue; and takes a snapshot of the
 * catalog when it is time.
 */
export async function handler(): Promise<void> {
  await Promise.all([tendRuns(), queueCleanUps(), tidyAnnouncements(), tendFanOuts(), takeSnapshot()]);
}
