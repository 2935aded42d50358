import { createClients } from '../../shared/aws/clients.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { leadStoreNames } from '../lead-stores.ts';
import { createApiWorld } from './api-world.ts';
import { createLambdaHandler } from './lambda-handler.ts';

const world = createApiWorld(
  { ...createClients(), s3: createS3Client() },
  {
    leadStores: leadStoreNames(),
    membershipsTable: setting('MEMBERSHIPS_TABLE'),
    transitionsTable: setting('TRANSITIONS_TABLE'),
    transitionRetentionDays: numericSetting('TRANSITION_RETENTION_DAYS'),
    exportsBucket: setting('EXPORTS_BUCKET'),
    importFilesBucket: setting('IMPORT_FILES_BUCKET'),
    previewReadsPerMinute: numericSetting('PREVIEW_READS_PER_MINUTE'),
    warmReadUnits: numericSetting('WARM_READ_UNITS'),
    queueUrl: (name) => setting(`${name}_QUEUE_URL`),
  },
  surroundings,
);

/** Wakes on every request of the HTTP API. The local run has each answer checked; in the cloud it would only cost. */
export const handler = createLambdaHandler(world, { checksAnswers: process.env.CHECK_ANSWERS === 'true' });
