import { z } from 'zod';
import { accountFanOutMessageSchema } from '../account/fan-out.ts';
import { erasureMessageSchema } from '../erasure/erasure.ts';
import { exportMessageSchema } from '../export/export.ts';
import { memberJobMessageSchema } from '../member-job/member-job.ts';
import { previewMessageSchema } from '../preview/pending-preview.ts';
import { recalculationMessageSchema } from '../recalculation/recalculation.ts';
import { reconciliationMessageSchema } from '../reconciliation/shard-pass.ts';
import { cleanUpMessageSchema } from '../segment/clean-up.ts';

/** A message of one of the queues of jobs. */
export const jobMessageSchema = z.discriminatedUnion('kind', [
  recalculationMessageSchema,
  accountFanOutMessageSchema,
  previewMessageSchema,
  exportMessageSchema,
  memberJobMessageSchema,
  cleanUpMessageSchema,
  reconciliationMessageSchema,
  erasureMessageSchema,
]);
/** A message of one of the queues of jobs. */
export type JobMessage = z.infer<typeof jobMessageSchema>;
