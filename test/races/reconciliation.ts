import { newId } from '../../shared/aws/ids.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { driftOf } from '../../shared/reconciliation/figures.ts';
import { createReconciliationStore } from '../../shared/reconciliation/reconciliation-store.ts';
import { newPass, type ShardPass } from '../../shared/reconciliation/shard-pass.ts';
import { unmarshallItem } from './store/attribute-value.ts';
import type { World } from './world.ts';

/** What is unchanged for five minutes is compared. */
export const settledAfterMs = 6 * 60_000;

/** Has a shard reconciled, as the schedule does when it is its turn. */
export function reconcile(world: World, shard: string): void {
  const { actor, clients } = world.createActor('reconcile');
  const begin = async () => {
    const pass = newPass(shard, newId('pass'), new Date().toISOString(), undefined);
    if (!(await createReconciliationStore(clients.documents, 'Segments').begin(pass))) return;
    const body = JSON.stringify({ kind: 'reconciliation', shard, passId: pass.passId });
    await sendMessages(clients.sqs, 'jobs', [{ body }]);
  };
  const nothing = () => {};
  world.run(actor, begin, nothing, nothing);
}

/** What the last passes over those shards found, when all was at rest: nothing, or something is wrong. */
export function reconciliationErrors({ cloud }: World, shards: ReadonlySet<string>): string[] {
  const items = cloud.database.table('Segments').partition({ S: 'reconciliation' });
  const passes = items.map((item) => unmarshallItem(item) as unknown as ShardPass);
  return passes.flatMap(({ shard, step, figures }) => {
    if (!shards.has(shard)) return [];
    if (step !== 'done') return [`the reconciliation of shard ${shard} did not end`];
    return driftOf(figures) > 0 ? [`the reconciler found drift in shard ${shard}: ${JSON.stringify(figures)}`] : [];
  });
}
