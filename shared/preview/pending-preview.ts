import { z } from 'zod';
import type { PreviewQuestion } from './count-shard.ts';

/** A preview that is still counted, so that whoever counts a shard of it asks the same question. */
export interface PendingPreview {
  readonly previewId: string;
  readonly question: PreviewQuestion;
}

/** The message that asks for the rest of one shard of a preview. */
export const previewMessageSchema = z.strictObject({
  kind: z.literal('preview'),
  previewId: z.string().min(1).max(256),
  shard: z.string().min(1).max(256),
});

/** Asks for the rest of one shard of a preview. */
export type PreviewMessage = z.infer<typeof previewMessageSchema>;
