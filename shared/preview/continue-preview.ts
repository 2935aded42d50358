import type { Catalog } from '../catalog/catalog.ts';
import type { EventStore } from '../lead/event-store.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import { countShard } from './count-shard.ts';
import type { PreviewMessage } from './pending-preview.ts';
import type { PreviewStore } from './preview-store.ts';
import { uncountedShard } from './shard-count.ts';

/** What the counting of a preview reads and corrects. */
interface ContinuedPreviewPorts {
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly leads: Pick<LeadStore, 'scan'>;
  readonly events: Pick<EventStore, 'pagesFrom'>;
  readonly leadTotal: LeadTotalStore;
}

/** Counts what is left of one shard of a preview until it is done or time is up; answers whether it is done. */
export async function countPreviewShard(
  { catalog, leads, events, leadTotal }: ContinuedPreviewPorts,
  previews: PreviewStore,
  { previewId, shard }: PreviewMessage,
  isTimeUp: () => boolean,
): Promise<{ isFinished: boolean }> {
  const preview = await previews.get(previewId);
  // Nobody waits for a preview longer than it is kept.
  if (!preview) return { isFinished: true };
  const before = (await previews.count(previewId, shard)) ?? uncountedShard(shard);
  if (before.isFinished) return { isFinished: true };
  const totalsBefore = await leadTotal.readByShard();
  const ports = { scan: leads.scan, eventPages: events.pagesFrom, catalog };
  const count = await countShard(ports, preview.question, await catalog.current(), before, isTimeUp);
  // Whoever is not through one page in a whole invocation would begin with it again for ever.
  if (!count.isFinished && count.after === before.after) throw new Error(`Shard ${shard} takes too long a page`);
  await previews.putCount(previewId, count);
  // What was counted of it earlier may be older than the totals.
  const isWhole = count.isFinished && before.leads === 0;
  if (isWhole) await leadTotal.correct(new Map([[shard, count.leads]]), totalsBefore);
  return { isFinished: count.isFinished };
}
