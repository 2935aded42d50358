import { numericSetting, setting } from '../../shared/aws/settings.ts';
import { createRowStore } from '../../shared/projection/row-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import type { RunStore } from '../../shared/recalculation/run-store.ts';
import { reconciliationMetrics } from '../../shared/reconciliation/metric-line.ts';
import { type ReconciliationPorts, reconcileShard } from '../../shared/reconciliation/reconcile-shard.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import { createRowRepairStore } from '../../shared/reconciliation/row-repair-store.ts';
import type { ReconciliationMessage } from '../../shared/reconciliation/shard-pass.ts';
import { createStoredRowStore } from '../../shared/reconciliation/stored-row-store.ts';
import { evaluateAndFollowUp, type LeadStores } from '../lead-stores.ts';

/** Makes the reconciler of single shards, on those stores. */
export function createReconciler(stores: LeadStores, recalculations: RunStore) {
  const { dynamodb, documents, eventBridge, sqs } = stores.clients;
  const membershipsTable = setting('MEMBERSHIPS_TABLE');
  const retentionDays = numericSetting('TRANSITION_RETENTION_DAYS');
  const rows = createStoredRowStore(dynamodb, membershipsTable, stores.pacers.memberships);
  const ports: ReconciliationPorts = {
    now: Date.now,
    catalog: stores.catalog,
    recalculations: recalculations.all,
    pages: stores.leads.page,
    documents: stores.leads.read,
    evaluate: (work) => evaluateAndFollowUp(stores, work),
    leadTotal: stores.leadTotal,
    rows,
    repair: createRowRepairStore({
      dynamodb,
      membershipsTable,
      projectRows: createRowStore(dynamodb, membershipsTable, retentionDays),
      transitions: createTransitionStore(dynamodb, setting('TRANSITIONS_TABLE'), retentionDays),
      bus: {
        eventBridge,
        sqs,
        busName: setting('BUS_NAME'),
        deadLettersQueueUrl: setting('BUS_DEAD_LETTERS_QUEUE_URL'),
      },
      partition: rows.partition,
    }),
    passes: createReconciliationStore(documents, setting('SEGMENTS_TABLE')).passes,
    publish: ({ figures }) => {
      // Not by the console, which would wrap it: CloudWatch takes metrics only from a line of their own.
      process.stdout.write(`${reconciliationMetrics(figures, setting('AWS_LAMBDA_FUNCTION_NAME'), Date.now())}\n`);
    },
    note: (what, details) => console.warn(`${what}: ${JSON.stringify(details)}`),
  };
  return (message: ReconciliationMessage, isTimeUp: () => boolean) => reconcileShard(ports, message, isTimeUp);
}
