import type { LeadDocument } from './lead-document.ts';
import type { Outbox } from './outbox.ts';

/** A decided document to store in place of the one that was read. */
export interface LeadWrite {
  readonly before: LeadDocument;
  readonly after: LeadDocument;
  readonly outbox: Outbox;
}

/**
 * How one conditional write went: `conflict`, somebody else wrote the document meanwhile; `tooLargeBytes`, the document
 * would pass the size limit; `failed`, the store would not take it.
 */
export type WriteResult = 'written' | 'conflict' | { readonly tooLargeBytes: number } | { readonly failed: string };
