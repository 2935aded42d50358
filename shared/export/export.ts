import { z } from 'zod';
import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import { unlessEmpty } from '../lead/present-attributes.ts';
import type { Scalar, Value } from '../rule/value.ts';

/** What an export is for: people who open it in a spreadsheet, or programs that want each value exactly. */
export const exportPurposes = ['spreadsheet', 'data'] as const;

/** What to tell of members, and how. */
export interface ExportForm {
  /** The attributes to tell. */
  readonly fields: readonly string[];
  /** Left out: a spreadsheet. */
  readonly purpose?: (typeof exportPurposes)[number];
}

/** What is told of each member before its attributes. */
export const memberColumns: readonly string[] = [
  ...['leadId', 'since', 'source', 'engagementLevel', 'profileLevel', 'accountId', 'accountLevel'],
];

/** In an export for data: JSON with the kind of each attribute of the row that is not text, by name. */
export const kindsColumn = 'attributeKinds';

const taken = new Set([...memberColumns, kindsColumn]);
const prefix = 'attributes.';

/**
 * The heading of each column. An attribute that is called like another column is `attributes.NAME`, and so is one that
 * begins with `attributes.` already: no two have the same, and none depends on which others there are.
 */
export function exportHeadings({ fields, purpose }: ExportForm): string[] {
  const isTaken = (field: string) => taken.has(field) || field.startsWith(prefix);
  return [
    ...memberColumns,
    ...(purpose === 'data' ? [kindsColumn] : []),
    ...fields.map((field) => (isTaken(field) ? `${prefix}${field}` : field)),
  ];
}

/** The attribute whose heading that is; undefined for the other columns. */
export function attributeOfHeading(heading: string): string | undefined {
  if (taken.has(heading)) return undefined;
  return heading.startsWith(prefix) ? heading.slice(prefix.length) : heading;
}

/** One member as a row under `exportHeadings`; undefined when the lead is a member no more. Empty: undefined. */
export function exportRow(
  document: LeadDocument,
  segmentId: string,
  { fields, purpose }: ExportForm,
): (Scalar | undefined)[] | undefined {
  const membership = own(document.memberships, segmentId);
  if (!membership || !isMember(document, segmentId)) return undefined;
  const { leadId, engagementLevel, profileLevel, account, attributes } = document;
  const values = fields.map((field) => unlessEmpty(own(attributes, field)));
  return [
    leadId,
    new Date(membership.since).toISOString(),
    membership.source,
    unlessEmpty(engagementLevel?.[0]),
    unlessEmpty(profileLevel?.[0]),
    account?.accountId,
    unlessEmpty(account?.accountLevel),
    ...(purpose === 'data' ? [kindsOf(fields, values)] : []),
    ...values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
  ];
}

function kindsOf(fields: readonly string[], values: readonly (Value | undefined)[]): string | undefined {
  const kinds = fields.flatMap((field, index) => {
    const value = values[index];
    if (value === undefined || typeof value === 'string') return [];
    return [[field, typeof value === 'object' ? 'list' : typeof value] as const];
  });
  return kinds.length > 0 ? JSON.stringify(Object.fromEntries(kinds)) : undefined;
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
  /** What S3 names the text that is kept for the next part: time was up before there was enough for one. */
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

/** A file name of plain characters for a segment's members. */
export function exportFileName(segmentName: string, segmentId: string): string {
  const plain = segmentName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  return `${plain || segmentId}.csv`;
}
