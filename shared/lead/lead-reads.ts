import type { LeadDocument } from './lead-document.ts';

/** What a scan needs of lead documents: names of attributes, ids of segments and of event conditions. */
export interface LeadReads {
  readonly attributes: readonly string[];
  readonly accountAttributes: readonly string[];
  readonly memberships: readonly string[];
  readonly events: readonly string[];
}

/** A page of one shard's leads, sorted by id; `next` is where the following page starts after. */
export interface LeadPage {
  readonly leads: readonly LeadDocument[];
  readonly next?: string;
}

/** Reads a page of a shard's leads. A scan says when its time is up: it may have to wait, and then throws `TimeUp`. */
export type ShardReader = (
  shard: string,
  after: string | undefined,
  limit: number,
  isTimeUp?: () => boolean,
) => Promise<LeadPage>;

/**
 * Reads a shard's leads page by page, strongly consistent. Documents have what was asked for, levels, the account, whether
 * the lead is deleted, and `catalogVersion`; nothing else of them may be used.
 */
export type LeadScan = (reads: LeadReads) => ShardReader;
