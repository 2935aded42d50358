import { z } from 'zod';

/** The formats of exports, each with the content type of its files. */
export const exportContentTypes = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
} as const;

/** The format of an export, which is also the ending of its file's name. */
export type ExportFormat = keyof typeof exportContentTypes;

/** Every format. */
export const exportFormats = Object.keys(exportContentTypes) as ExportFormat[];

/** What an export is for: people who open it in a spreadsheet, or programs that want each value exactly. */
export const exportPurposes = ['spreadsheet', 'data'] as const;

/** What to tell of members, and how. */
export interface ExportForm {
  /** Left out: CSV. */
  readonly format?: ExportFormat;
  /** Left out: a spreadsheet. */
  readonly purpose?: (typeof exportPurposes)[number];
  /** The attributes to tell. */
  readonly fields: readonly string[];
  /** What the attributes are called, in their order; left out: by their own names. */
  readonly labels?: readonly string[];
  /** Other segments of which is told whether each member is in them, called as they were when the export began. */
  readonly segments?: readonly { readonly id: string; readonly name: string }[];
}

/** How far the export of a segment's members to a file is. */
export interface ExportJob extends ExportForm {
  readonly exportId: string;
  readonly segmentId: string;
  readonly fileName: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  /** Members written so far. */
  readonly rows: number;
  /** ISO date-times. */
  readonly createdAt: string;
  readonly finishedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** Grows with each write of the record. */
  readonly version: number;
  /** The upload under way, its parts as S3 named them, and where the members begin that were not read. */
  readonly uploadId?: string;
  readonly parts: readonly string[];
  /** What S3 names what is kept for the next part: bytes too few for one, what the end of the file needs of those before. */
  readonly rest?: string;
  readonly from?: { readonly shard: number; readonly after?: string };
  /** Whether all members are in the parts. */
  readonly isRead: boolean;
}

/** The message that asks for an export, or for the rest of one; `attempt`: how often it went wrong so far. */
export const exportMessageSchema = z.strictObject({
  kind: z.literal('export'),
  exportId: z.string().min(1).max(128),
  attempt: z.int().min(0),
});

/** Asks for an export. */
export type ExportMessage = z.infer<typeof exportMessageSchema>;
