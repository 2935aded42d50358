import type { PreviewAnswer } from '../../shared/preview/ask-preview.ts';
import type { PreviewQuestion } from '../../shared/preview/count-shard.ts';
import { lintRules } from '../../shared/vocabulary/lint.ts';
import { vocabulary } from './context.ts';
import type { ApiResponse } from './route.ts';

/** Answers a preview with what is odd about its rules. */
export async function previewAnswer(
  { match, rules, context }: PreviewQuestion,
  count: () => Promise<PreviewAnswer>,
): Promise<ApiResponse> {
  const [answer, seen] = await Promise.all([count(), vocabulary.read()]);
  const warnings = lintRules(match, rules, seen, context.levels, context.eventRetentionDays);
  return { status: 200, body: { ...answer, warnings } };
}
