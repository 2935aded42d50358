import type { Catalog } from '../catalog/catalog.ts';
import type { EventStore } from '../lead/event-store.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import { countShard } from './count-shard.ts';
import { countingReads } from './counted-reads.ts';
import { isWaitedFor, type PreviewMessage } from './pending-preview.ts';
import type { PreviewStore } from './preview-store.ts';
import type { ReadBudgetStore } from './read-budget-store.ts';
import { uncountedShard } from './shard-count.ts';

/** What the counting of a preview reads and corrects. */
interface ContinuedPreviewPorts {
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly leads: Pick<LeadStore, 'scan'>;
  readonly events: Pick<EventStore, 'pagesFrom'>;
  readonly leadTotal: LeadTotalStore;
  readonly budgets: Pick<ReadBudgetStore, 'add'>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** How often (ms) at least it is looked whether somebody still waits. */
const lookEveryMs = 2_000;

/**
 * Counts what is left of one shard of a preview until it is done, time is up, or nobody waits for it any more; answers
 * whether there is nothing left for this message to do. What is left of a preview that nobody waits for is asked for again,
 * in a new round, by whoever comes back.
 */
export async function countPreviewShard(
  { catalog, leads, events, leadTotal, budgets, now }: ContinuedPreviewPorts,
  previews: PreviewStore,
  { previewId, shard, round }: PreviewMessage,
  isTimeUp: () => boolean,
): Promise<{ isFinished: boolean }> {
  const preview = await previews.get(previewId);
  let lookedAt = now();
  let isWanted = preview !== undefined && isWaitedFor(preview, lookedAt) && (round ?? preview.round) === preview.round;
  // Nobody waits for a preview longer than it is kept.
  if (!preview || !isWanted) return { isFinished: true };
  const look = async (): Promise<void> => {
    if (now() - lookedAt < lookEveryMs) return;
    lookedAt = now();
    const current = await previews.get(previewId);
    isWanted = current !== undefined && isWaitedFor(current, lookedAt) && current.round === preview.round;
  };
  const before = (await previews.count(previewId, shard)) ?? uncountedShard(shard);
  if (before.isFinished) return { isFinished: true };
  const totalsBefore = await leadTotal.readByShard();
  const { ports, reads } = countingReads({ scan: leads.scan, eventPages: events.pagesFrom, catalog }, look);
  const isOver = () => isTimeUp() || !isWanted;
  const count = await countShard(ports, preview.question, await catalog.current(), before, isOver);
  await budgets.add(preview.caller, reads());
  // One that was replaced or deleted meanwhile leaves no counts behind.
  if (!isWanted && !(await previews.get(previewId))) return { isFinished: true };
  // Whoever is not through one page in a whole invocation would begin with it again for ever; none may have been granted.
  if (isWanted && !count.isFinished && count.after === before.after && reads() > 0)
    throw new Error(`Shard ${shard} takes too long a page`);
  await previews.putCount(previewId, count);
  // What was counted of it earlier may be older than the totals.
  const isWhole = count.isFinished && before.leads === 0;
  if (isWhole) await leadTotal.correct(new Map([[shard, count.leads]]), totalsBefore);
  return { isFinished: count.isFinished || !isWanted };
}
