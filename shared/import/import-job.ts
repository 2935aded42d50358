import { z } from 'zod';
import type { KnownFile } from '../table/inspect.ts';
import type { ImportQueue } from './mapping.ts';

/** How far imports can be; the last three are ends. */
export const importStates = [
  ...([
    'awaiting_upload',
    'inspecting',
    'unreadable',
    'ready',
    'trying',
    'queued',
    'running',
    'adding',
    'cancelling',
  ] as const),
  ...(['done', 'cancelled', 'failed'] as const),
] as const;

/** How far an import is. */
export type ImportState = (typeof importStates)[number];

/** Whether nothing more becomes of an import in that state. */
export const isEnd = (state: ImportState) => state === 'done' || state === 'cancelled' || state === 'failed';

/** How many messages were sent, by queue. */
export type SentMessages = Readonly<Partial<Record<ImportQueue, number>>>;

/** What is to become of the leads of an import in a segment. */
export interface ImportAct {
  readonly segmentId: string;
  /** Until the rules say otherwise, or whatever they say. */
  readonly kind: 'added' | 'pinned';
  /** Whether manual members that are not in the file are no longer. */
  readonly replaces: boolean;
}

/** What became of the leads that were to be members. */
export interface Acted {
  /** Rows gone through. */
  readonly rows: number;
  /** Leads that were added or pinned, that there was nothing to do about, that could not be, and that are no longer manual. */
  readonly done: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly lifted: number;
}

/** What became of nobody. */
export const nobodyActedOn: Acted = { rows: 0, done: 0, unchanged: 0, failed: 0, lifted: 0 };

/** How far the rows of a file are sent. */
export interface ImportPlace {
  /** Rows read, the refused ones too: all of them are sent that can be. */
  readonly rows: number;
  readonly refusedRows: number;
  /** How many bytes of the file they are. */
  readonly bytes: number;
  readonly sent: SentMessages;
}

/** The record of an import; what is large or of people is in files beside that of the rows. */
export interface ImportJob {
  readonly importId: string;
  readonly fileName: string;
  readonly author: string;
  readonly state: ImportState;
  /** ISO date-times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** As of when rows are that have no moment of their own. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Why the file cannot be read, or why the import failed. */
  readonly reason?: string;
  /** Grows with each write of the record. */
  readonly version: number;
  /** What is not to be found out about the file. */
  readonly known: KnownFile;
  /** The file as it was inspected: how S3 names its content, and its size. */
  readonly file?: { readonly etag: string; readonly bytes: number };
  /** The newest inspection, mapping, and dry run of that: parts of the names of their files. */
  readonly inspection?: string;
  readonly mapping?: string;
  readonly dryRun?: string;
  readonly place?: ImportPlace;
  readonly act?: ImportAct;
  /** Epoch ms when the last row was sent. */
  readonly sentAt?: number;
  /** How far the leads are members, once their rows are taken in. */
  readonly acted?: Acted;
  /** The upload of refused rows under way, and its parts as S3 named them. */
  readonly uploadId?: string;
  readonly parts: readonly string[];
  /** The newest checkpoint: part of its file's name. It tells all of the rows up to that one, which are sent. */
  readonly checkpoint?: { readonly name: string; readonly rows: number };
  /** Whether there is a file of rows that were refused or lost something. */
  readonly hasRefused?: boolean;
}

/** New values of some properties; undefined takes one away. */
export type ImportChange = { readonly [Key in keyof ImportJob]?: ImportJob[Key] | undefined };

/** The message that has an import looked after, whatever is next for it; `attempt`: how often it went wrong so far. */
export const importMessageSchema = z.strictObject({
  kind: z.literal('import'),
  importId: z.string().min(1).max(128),
  attempt: z.int().min(0),
});

/** Has an import looked after. */
export type ImportMessage = z.infer<typeof importMessageSchema>;
