import type { Send } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import { shards } from '../lead/shard.ts';
import { type CountPorts, countShard, type PreviewQuestion } from './count-shard.ts';
import type { PendingPreview, PreviewMessage } from './pending-preview.ts';
import { type Preview, type PreviewProgress, previewOf, progressOf } from './preview.ts';
import type { PreviewStore } from './preview-store.ts';
import { type ShardCount, uncountedShard } from './shard-count.ts';

/** A preview, and where to ask for the rest of one that is not exact yet. */
export interface PreviewAnswer extends Preview {
  readonly previewId?: string;
  readonly progress?: PreviewProgress;
}

/** What the previewer works with. */
interface PreviewerPorts extends CountPorts, Pick<Surroundings, 'now' | 'random'> {
  readonly leadTotal: LeadTotalStore;
  readonly previews: PreviewStore;
  /** Sends to the queue of jobs. */
  readonly send: Send;
}

/** Enough to keep one processor busy while others wait for DynamoDB. */
const shardsAtOnce = 8;

/** Answers previews: within a time budget, and the rest of them from what workers have counted since. */
export function createPreviewer(ports: PreviewerPorts) {
  const { leadTotal, previews } = ports;

  const countWithin = async (question: PreviewQuestion, catalog: Catalog, until: number): Promise<ShardCount[]> => {
    const isTimeUp = () => ports.now() >= until;
    const totalsBefore = await leadTotal.readByShard();
    // In no order: those that are counted in time are then a random sample, whatever the order of shards and ids.
    const counts = await mapConcurrently(shuffled(shards, ports.random), shardsAtOnce, (shard) =>
      countShard(ports, question, catalog, uncountedShard(shard), isTimeUp),
    );
    const finished = counts.filter(({ isFinished }) => isFinished);
    await leadTotal.correct(new Map(finished.map(({ shard, leads }) => [shard, leads])), totalsBefore);
    return counts;
  };

  const leaveToWorkers = async (question: PreviewQuestion, counts: readonly ShardCount[]): Promise<PendingPreview> => {
    const pending = await previews.begin(question, counts);
    const rest = counts.filter(({ isFinished }) => !isFinished);
    const messages = rest.map(
      ({ shard }): PreviewMessage => ({ kind: 'preview', previewId: pending.previewId, shard }),
    );
    await ports.send(messages.map((message) => ({ body: JSON.stringify(message) })));
    return pending;
  };

  return {
    /** Counts until then (epoch ms); what is left by then, workers count. `catalog`: read before the call. */
    ask: async (question: PreviewQuestion, catalog: Catalog, until: number): Promise<PreviewAnswer> => {
      const counts = await countWithin(question, catalog, until);
      const preview = previewOf(question, counts, await leadTotal.readByShard());
      if (preview.exact) return preview;
      const { previewId } = await leaveToWorkers(question, counts);
      return { ...preview, previewId, progress: progressOf(counts) };
    },

    /** The preview as far as it is counted by now. */
    poll: async ({ previewId, question }: PendingPreview): Promise<PreviewAnswer> => {
      const [counts, knownLeads] = await Promise.all([previews.counts(previewId), leadTotal.readByShard()]);
      return { ...previewOf(question, counts, knownLeads), previewId, progress: progressOf(counts) };
    },
  };
}

function shuffled<T>(entries: readonly T[], random: () => number): T[] {
  return entries
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
