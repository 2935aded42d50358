import type { Send } from '../aws/send-messages.ts';
import type { Surroundings } from '../aws/surroundings.ts';
import { mapConcurrently } from '../batch/batch.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LeadTotalStore } from '../lead/lead-total-store.ts';
import { shards } from '../lead/shard.ts';
import type { KeyedHash } from '../privacy/keyed-hash.ts';
import { Problem } from '../problem/problem.ts';
import { type CountPorts, countShard, type PreviewQuestion } from './count-shard.ts';
import { countValues, type ValueCounts, type ValuePlace } from './count-values.ts';
import { countingReads } from './counted-reads.ts';
import type { PendingPreview, PreviewMessage } from './pending-preview.ts';
import { type Preview, type PreviewProgress, previewOf, progressOf } from './preview.ts';
import type { PreviewStore } from './preview-store.ts';
import type { ReadBudgetStore } from './read-budget-store.ts';
import { type ShardCount, uncountedShard } from './shard-count.ts';
import type { SharedPreviewStore } from './shared-preview-store.ts';

/** A preview, and where to ask for the rest of one that is not exact yet. */
export interface PreviewAnswer extends Preview {
  readonly previewId?: string;
  readonly progress?: PreviewProgress;
  /** Counting had stopped, because nobody asked for it, and goes on now. */
  readonly wasPaused?: true;
}

/** What the previewer works with. */
interface PreviewerPorts extends CountPorts, Pick<Surroundings, 'now' | 'random'> {
  readonly leadTotal: LeadTotalStore;
  readonly previews: PreviewStore;
  readonly shared: SharedPreviewStore;
  readonly budgets: ReadBudgetStore;
  /** How many leads and raw events may be read for a caller in a minute. */
  readonly readsPerMinute: number;
  readonly hash: KeyedHash;
  /** Sends to the queue of jobs. */
  readonly send: Send;
}

/** Refuses a caller (a hash) for whom all is read that may be read within this minute. Throws 429. */
async function refuseWithoutBudget(
  { budgets, readsPerMinute }: Pick<PreviewerPorts, 'budgets' | 'readsPerMinute'>,
  caller: string,
): Promise<void> {
  if ((await budgets.used(caller)) < readsPerMinute) return;
  const detail = `Previews and counts of values may read ${readsPerMinute} leads and events a minute for each caller`;
  throw new Problem(429, 'read_budget_spent', detail, undefined, budgets.secondsLeft());
}

/** Enough to keep one processor busy while others wait for DynamoDB. */
const shardsAtOnce = 8;

/** Answers previews: within a time budget, and the rest of them from what workers have counted since. */
export function createPreviewer(ports: PreviewerPorts) {
  const { leadTotal, previews, shared, budgets, hash } = ports;

  const countWithin = async (
    reading: CountPorts,
    question: PreviewQuestion,
    catalog: Catalog,
    until: number,
  ): Promise<ShardCount[]> => {
    const isTimeUp = () => ports.now() >= until;
    const totalsBefore = await leadTotal.readByShard();
    // In no order: those that are counted in time are then a random sample, whatever the order of shards and ids.
    const counts = await mapConcurrently(shuffled(shards, ports.random), shardsAtOnce, (shard) =>
      countShard(reading, question, catalog, uncountedShard(shard), isTimeUp),
    );
    const finished = counts.filter(({ isFinished }) => isFinished);
    await leadTotal.correct(new Map(finished.map(({ shard, leads }) => [shard, leads])), totalsBefore);
    return counts;
  };

  const sendRest = (pending: PendingPreview, counts: readonly ShardCount[]): Promise<void> => {
    const { previewId, round } = pending;
    const finished = new Set(counts.flatMap(({ shard, isFinished }) => (isFinished ? [shard] : [])));
    const rest = shards.filter((shard) => !finished.has(shard));
    const messages = rest.map((shard): PreviewMessage => ({ kind: 'preview', previewId, shard, round }));
    return ports.send(messages.map((message) => ({ body: JSON.stringify(message) })));
  };

  /** The preview as far as it is counted by now; one that counting stopped of goes on. */
  const poll = async (pending: PendingPreview): Promise<PreviewAnswer> => {
    const { previewId, question } = pending;
    const [counts, knownLeads] = await Promise.all([previews.counts(previewId), leadTotal.readByShard()]);
    const answer = { ...previewOf(question, counts, knownLeads), previewId, progress: progressOf(counts) };
    if (answer.exact) return answer;
    const begunAgain = await previews.keepAlive(pending);
    if (!begunAgain) return answer;
    await sendRest(begunAgain, counts);
    return { ...answer, wasPaused: true };
  };

  /** Makes it the newest preview of its slot; the one before goes, unless others share it. */
  const replace = async (slot: string | undefined, previewId: string | undefined): Promise<void> => {
    if (slot === undefined) return;
    const before = await shared.takeSlot(slot, previewId);
    if (before !== undefined && before !== previewId) await previews.leave(before, slot);
  };

  /** What an equal question was just answered, unless that is gone again. */
  const answerOfEqual = async (key: string, slot: string | undefined): Promise<PreviewAnswer | undefined> => {
    const found = await shared.find(key);
    if (!found) return undefined;
    if ('answer' in found) {
      await replace(slot, undefined);
      return found.answer;
    }
    const pending = await previews.get(found.previewId);
    if (!pending) return undefined;
    if (slot !== undefined) await previews.join(pending.previewId, slot);
    await replace(slot, pending.previewId);
    return poll(pending);
  };

  return {
    /**
     * Counts until then (epoch ms); what is left by then, workers count. `catalog`: read before the call. An equal question
     * of the last minute is answered alike, unless it is to be counted afresh. Throws 429 for a caller without a budget left.
     */
    ask: async (
      question: PreviewQuestion,
      catalog: Catalog,
      until: number,
      { author, isFresh }: { readonly author: string; readonly isFresh: boolean },
    ): Promise<PreviewAnswer> => {
      const { segmentId, match, rules, sampleSize } = question;
      const caller = hash(`caller ${author}`);
      const slot = segmentId === undefined ? undefined : hash(`preview of ${segmentId} by ${author}`);
      const key = hash(`question ${JSON.stringify([match, rules, segmentId, sampleSize, catalog.version])}`);
      const known = isFresh ? undefined : await answerOfEqual(key, slot);
      if (known) return known;
      await refuseWithoutBudget(ports, caller);
      const reading = countingReads(ports);
      const counts = await countWithin(reading.ports, question, catalog, until);
      await budgets.add(caller, reading.reads());
      const preview = previewOf(question, counts, await leadTotal.readByShard());
      if (preview.exact) {
        await shared.share(key, { answer: preview });
        await replace(slot, undefined);
        return preview;
      }
      const pending = await previews.begin(question, counts, { caller, slot });
      const { previewId } = pending;
      await shared.share(key, { previewId });
      await replace(slot, previewId);
      await sendRest(pending, counts);
      return { ...preview, previewId, progress: progressOf(counts) };
    },

    poll,

    /** Who has which value of a field, as far as there is time until then (epoch ms). Throws 429 for a caller without a budget left. */
    countValues: async (place: ValuePlace, until: number, author: string): Promise<ValueCounts & { leads: number }> => {
      const caller = hash(`caller ${author}`);
      await refuseWithoutBudget(ports, caller);
      const known = await leadTotal.read();
      const counts = await countValues(ports.scan, place, {
        order: shuffled(shards, ports.random),
        leads: known,
        isTimeUp: () => ports.now() >= until,
      });
      await budgets.add(caller, counts.looked);
      return { ...counts, leads: counts.exact ? counts.looked : Math.max(known, counts.looked) };
    },
  };
}

function shuffled<T>(entries: readonly T[], random: () => number): T[] {
  return entries
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
