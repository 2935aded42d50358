import type { AnswerTo } from '../api/answers.ts';
import { formatCount } from '../words/format.ts';
import { manualActs } from './manual-acts.ts';

/** A manual change of all leads that match rules, while it runs and after. */
export type MemberJob = AnswerTo<'GET /segments/{segmentId}/member-jobs'>['jobs'][number];

/** How far a job is, or what came of it: "1,204 added, 17 in it already". */
export function jobWords(
  job: Pick<MemberJob, 'action' | 'state' | 'leads' | 'of' | 'done' | 'unchanged' | 'refused'>,
): string {
  const { action, state, leads, of, done, unchanged, refused } = job;
  if (state === 'queued') return 'About to begin';
  const words = [
    `${formatCount(done)} ${manualActs[action].done}`,
    ...(unchanged > 0 ? [`${formatCount(unchanged)} ${manualActs[action].already}`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
  ].join(', ');
  if (state === 'running') return `${words}; ${formatCount(leads)} of ${formatCount(of)} leads looked at`;
  return state === 'done' ? words : `${state === 'failed' ? 'Failed' : 'Cancelled'}; until then ${words}`;
}
