import type { AnswerTo } from '../api/answers.ts';

/** What the state of the service means for whoever is on call. */
export const statusWords: Readonly<Record<AnswerTo<'GET /health'>['status'], { name: string; meaning: string }>> = {
  ok: { name: 'Everything works', meaning: 'Changes are worked on as they come.' },
  late: {
    name: 'Changes wait',
    meaning: 'A change has waited for more than five minutes: more comes in than is worked on, or something fails.',
  },
  degraded: {
    name: 'Something was given up',
    meaning: 'Messages could not be worked on and are kept for a person to look at.',
  },
};

/** Queues that other systems send to. */
export const queueWords: Readonly<Record<string, string>> = {
  profileChanges: 'Changes of leads',
  levelChanges: 'Changes of levels',
  leadEvents: 'Events of leads',
  accountChanges: 'Changes of accounts',
};

/** Queues between parts of the service. */
export const innerQueueWords: Readonly<Record<string, string>> = {
  promptJobs: 'Jobs that people wait for',
  jobs: 'Recalculations',
  backgroundJobs: 'Jobs in the background',
  dueLeads: 'Leads that time moves',
  imports: 'Imports',
};

/** Seconds as "none", "30 s", "5 min", "2 h". */
export function formatAge(seconds: number): string {
  if (seconds === 0) return 'none';
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
