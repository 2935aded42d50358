import { createRecalculationRestarter } from '../../shared/aws/recalculation-restarter.ts';

/** Wakes each minute: sends the messages again of recalculations that make no progress. */
export const handler = createRecalculationRestarter();
