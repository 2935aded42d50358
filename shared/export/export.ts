import { z } from 'zod';
import { isMember, type LeadDocument, own } from '../lead/lead-document.ts';
import { unlessEmpty } from '../lead/present-attributes.ts';
import type { Scalar } from '../rule/value.ts';

/** What is told of each member before its attributes. */
const common = ['leadId', 'since', 'source', 'engagementLevel', 'profileLevel', 'accountId', 'accountLevel'] as const;

/**
 * The heading of each column. An attribute that is called like another column is `attributes.NAME`, and so is one that
 * begins with `attributes.` already: no two have the same, and none depends on which others there are.
 */
export function exportHeadings(fields: readonly string[]): string[] {
  const taken = new Set<string>(common);
  const isTaken = (field: string) => taken.has(field) || field.startsWith('attributes.');
  return [...common, ...fields.map((field) => (isTaken(field) ? `attributes.${field}` : field))];
}

/** One member as a row under `exportHeadings`; undefined when the lead is a member no more. Empty: undefined. */
export function exportRow(
  document: LeadDocument,
  segmentId: string,
  fields: readonly string[],
): (Scalar | undefined)[] | undefined {
  const membership = own(document.memberships, segmentId);
  if (!membership || !isMember(document, segmentId)) return undefined;
  const { leadId, engagementLevel, profileLevel, account, attributes } = document;
  return [
    leadId,
    new Date(membership.since).toISOString(),
    membership.source,
    unlessEmpty(engagementLevel?.[0]),
    unlessEmpty(profileLevel?.[0]),
    account?.accountId,
    unlessEmpty(account?.accountLevel),
    ...fields.map((field) => {
      const value = unlessEmpty(own(attributes, field));
      return typeof value === 'object' ? JSON.stringify(value) : value;
    }),
  ];
}

/** How far the export of a segment's members to a file is. */
export interface ExportJob {
  readonly exportId: string;
  readonly segmentId: string;
  /** The attributes to tell. */
  readonly fields: readonly string[];
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
  /** The upload under way, its parts as S3 named them, and where the members of the next part begin. */
  readonly uploadId?: string;
  readonly parts: readonly string[];
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
