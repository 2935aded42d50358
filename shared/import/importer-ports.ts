import type { Surroundings } from '../aws/surroundings.ts';
import type { evaluateLeads, LeadPorts, LeadWork } from '../membership/evaluate-leads.ts';
import type { ImportFileStore } from './import-file-store.ts';
import type { ImportStore } from './import-store.ts';
import type { ImportQueue } from './mapping.ts';
import type { Pace } from './pace.ts';
import type { ImportMessage } from './plan-rows.ts';

/** What the work on an import needs of the world. */
export interface ImporterPorts extends Pick<Surroundings, 'now' | 'note'> {
  readonly jobs: Pick<ImportStore, 'get' | 'change'>;
  readonly files: Omit<ImportFileStore, 'uploadUrl' | 'refusedUrl'>;
  /** How leads are evaluated; a dry run only reads by it. */
  readonly leads: LeadPorts;
  /** Evaluates leads as every writer does. */
  readonly evaluate: (work: readonly LeadWork[]) => ReturnType<typeof evaluateLeads>;
  /** ISO date-time up to which every change sent is taken in. */
  readonly freshAsOf: () => Promise<string>;
  /** The ids of a segment's manual members, in pages. */
  readonly manualMembers: (segmentId: string) => AsyncIterable<readonly string[]>;
  readonly send: (queue: ImportQueue, messages: readonly ImportMessage[]) => Promise<void>;
  /** What paces messages to those queues. */
  readonly paceOf: (queues: readonly ImportQueue[]) => Pace;
}
