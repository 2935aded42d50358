import { z } from 'zod';
import { accountFanOutMessageSchema } from '../account/fan-out.ts';
import { exportMessageSchema } from '../export/export.ts';
import { previewMessageSchema } from '../preview/pending-preview.ts';
import { recalculationMessageSchema } from '../recalculation/recalculation.ts';
import { reconciliationMessageSchema } from '../reconciliation/shard-pass.ts';
import { cleanUpMessageSchema } from '../segment/clean-up.ts';

/** A message of the queue `reevaluations`. */
export const reevaluationMessageSchema = z.discriminatedUnion('kind', [
  recalculationMessageSchema,
  accountFanOutMessageSchema,
  previewMessageSchema,
  exportMessageSchema,
  cleanUpMessageSchema,
  reconciliationMessageSchema,
]);
/** A message of the queue `reevaluations`. */
export type ReevaluationMessage = z.infer<typeof reevaluationMessageSchema>;
