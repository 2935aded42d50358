import { z } from 'zod';
import type { PreviewQuestion } from './count-shard.ts';

/** A preview that is still counted, so that whoever counts a shard of it asks the same question. */
export interface PendingPreview {
  readonly previewId: string;
  readonly question: PreviewQuestion;
  /** Epoch ms at which somebody last asked for it. */
  readonly polledAt: number;
  /** Grows each time that counting begins again. */
  readonly round: number;
  /** Whose budget of reads it uses, as a hash. */
  readonly caller: string;
}

/** For how long (ms) it is counted although nobody asks. */
const patienceMs = 10_000;

/** Whether somebody still waits for it. `now`: epoch ms. */
export function isWaitedFor({ polledAt }: Pick<PendingPreview, 'polledAt'>, now: number): boolean {
  return now - polledAt <= patienceMs;
}

/** The message that asks for the rest of one shard of a preview; of a round before the preview's, it asks for nothing. */
export const previewMessageSchema = z.strictObject({
  kind: z.literal('preview'),
  previewId: z.string().min(1).max(256),
  shard: z.string().min(1).max(256),
  round: z.int().optional(),
});

/** Asks for the rest of one shard of a preview. */
export type PreviewMessage = z.infer<typeof previewMessageSchema>;
