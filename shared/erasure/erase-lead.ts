import type { Surroundings } from '../aws/surroundings.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ExportFileStore } from '../export/export-file-store.ts';
import type { ExportStore } from '../export/export-store.ts';
import type { LeadDocument } from '../lead/lead-document.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import { shardOf } from '../lead/shard.ts';
import type { MemberJobStore } from '../member-job/member-job-store.ts';
import type { PreviewStore } from '../preview/preview-store.ts';
import type { SharedPreviewStore } from '../preview/shared-preview-store.ts';
import { type ErasureMessage, mayHaveRowOf, withoutSampleOf } from './erasure.ts';

/** Where copies of a lead are, and what is left of it itself. */
export interface ErasurePorts extends Pick<Surroundings, 'now'> {
  readonly leads: Pick<LeadStore, 'read' | 'forgetId'>;
  readonly catalog: { readonly current: () => Promise<Catalog> };
  readonly previews: Pick<PreviewStore, 'ids' | 'count' | 'replaceCount'>;
  readonly sharedPreviews: Pick<SharedPreviewStore, 'forget'>;
  readonly exports: Pick<ExportStore, 'all' | 'get' | 'change'>;
  readonly exportFiles: Pick<ExportFileStore, 'remove'>;
  readonly memberJobs: Pick<MemberJobStore, 'withRefusals' | 'get' | 'change'>;
  /** How long (ms) a tombstone keeps its id. */
  readonly forgottenAfterMs: number;
}

/** Why an export that was whole is not there any more. */
const withdrawn = 'A lead in it was deleted; ask for it again';

/**
 * Makes what removes the copies of a deleted lead: it goes out of the samples of previews and of what jobs say of
 * refused leads, and exports that may have a row of it are withdrawn with their files. Then, once nobody can be at work any more who read before the lead was there, its
 * tombstone forgets its id. Answers how long (seconds) to wait before it is asked again, if that is still to come; copies
 * are looked for again then, for those that were made meanwhile. Repeating it is harmless.
 */
export function createEraser(ports: ErasurePorts) {
  return async ({ leadId, deletedAt }: ErasureMessage): Promise<number | undefined> => {
    const document = (await ports.leads.read([leadId])).get(leadId);
    if (!document) return undefined;
    await removeFromSamples(ports, leadId);
    await withdrawExports(ports, document, deletedAt);
    await removeFromJobs(ports, leadId);
    if (!document.isDeleted) return undefined;
    const restMs = document.evaluatedAt + ports.forgottenAfterMs - ports.now();
    if (restMs > 0) return Math.ceil(restMs / 1000);
    await ports.leads.forgetId(document);
    return undefined;
  };
}

async function removeFromSamples({ previews, sharedPreviews }: ErasurePorts, leadId: string): Promise<void> {
  await sharedPreviews.forget(leadId);
  const shard = shardOf(leadId);
  await mapConcurrently(await previews.ids(), 8, async (previewId) => {
    for (let count = await previews.count(previewId, shard); count; count = await previews.count(previewId, shard)) {
      const after = withoutSampleOf(count, leadId);
      if (after === count || (await previews.replaceCount(previewId, count, after))) return;
    }
  });
}

async function withdrawExports(ports: ErasurePorts, document: LeadDocument, deletedAt: number): Promise<void> {
  const { exports, exportFiles, now } = ports;
  const all = await exports.all();
  if (all.length === 0) return;
  const { known } = await ports.catalog.current();
  for (const { exportId } of all.filter((job) => mayHaveRowOf(document, job, deletedAt, known.has(job.segmentId)))) {
    // Whoever writes it finds out with the next part; what that one began is gone by then.
    for (let job = await exports.get(exportId); job; job = await exports.get(exportId)) {
      const ending = { state: 'failed', reason: withdrawn, finishedAt: new Date(now()).toISOString() } as const;
      const isWithdrawn = job.state === 'failed' || (await exports.change(job, ending)) !== undefined;
      if (!isWithdrawn) continue;
      await exportFiles.remove(job);
      break;
    }
  }
}

async function removeFromJobs({ memberJobs }: ErasurePorts, leadId: string): Promise<void> {
  for (const { segmentId, jobId } of await memberJobs.withRefusals()) {
    for (let job = await memberJobs.get(segmentId, jobId); job; job = await memberJobs.get(segmentId, jobId)) {
      const refusals = job.refusals.filter((refused) => refused.leadId !== leadId);
      if (refusals.length === job.refusals.length || (await memberJobs.change(job, { refusals }))) break;
    }
  }
}
