import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { queueDepth, senderTo } from '../../shared/aws/send-messages.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { createCatalogReader } from '../../shared/catalog/catalog-reader.ts';
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

/** The minute schedule of recalculations. */
export function createRunSchedule({ documents, sqs }: Clients = createClients()): () => Promise<void> {
  const table = setting('SEGMENTS_TABLE');
  const queueUrl = jobQueueUrl('recalculation');
  const catalog = createCatalogReader(createSegmentStore(documents, table), numericSetting('EVENT_RETENTION_DAYS'));
  const recalculations = createRunStore(documents, table, catalog);
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
export function createAnnouncementSchedule(clients: Clients = createClients()): () => Promise<void> {
  const table = setting('SEGMENTS_TABLE');
  const segments = createSegmentStore(clients.documents, table);
  const catalog = createCatalogReader(segments, numericSetting('EVENT_RETENTION_DAYS'));
  const { tidy } = createUnlistedReader({
    announcements: createAnnouncementStore(clients, table),
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
const tendRuns = createRunSchedule(clients);
const queueCleanUps = createCleanUpSchedule(clients);
const tidyAnnouncements = createAnnouncementSchedule(clients);
const tendFanOuts = createFanOutSchedule(clients);

/**
 * Wakes each minute: looks after recalculations that get stuck or failed, clean-ups after deleted segments,
 * announcements that lists show by now, and notes of fan-outs whose messages are in no queue.
 */
export async function handler(): Promise<void> {
  await Promise.all([tendRuns(), queueCleanUps(), tidyAnnouncements(), tendFanOuts()]);
}
