import type { StoredRow } from './compare-rows.ts';

/** A row in the list of leads that are kept out of a segment. */
export interface ListedExclusion {
  readonly leadId: string;
  readonly isListing: true;
}

/** What the rows of a segment in one shard come to. */
export interface PartitionAudit {
  readonly members: number;
  /** Leads that are kept out, but are not in the list of those. */
  readonly unlisted: readonly StoredRow[];
  /** Leads in that list that are not kept out; the row of the lead if it has one. */
  readonly listedInVain: readonly { readonly leadId: string; readonly row?: StoredRow }[];
  /** Leads rightly in the list. */
  readonly listed: number;
  /** The batches that the rows were last written in. */
  readonly batchIds: ReadonlySet<string>;
}

/** Counts the members of a segment in one shard, and compares the list of leads that are kept out with their rows. */
export async function auditPartition(
  pages: AsyncIterable<readonly (StoredRow | ListedExclusion)[]>,
): Promise<PartitionAudit> {
  const listed = new Map<string, StoredRow | undefined>();
  const unlisted: StoredRow[] = [];
  const batchIds = new Set<string>();
  let members = 0;
  let rightly = 0;
  // The list sorts before the rows.
  for await (const page of pages) {
    for (const row of page) {
      if ('isListing' in row) {
        listed.set(row.leadId, undefined);
        continue;
      }
      members += row.sequence % 2;
      if (row.batchId !== undefined) batchIds.add(row.batchId);
      if (!row.isExcluded) {
        if (listed.has(row.leadId)) listed.set(row.leadId, row);
      } else if (listed.delete(row.leadId)) rightly++;
      else unlisted.push(row);
    }
  }
  const listedInVain = [...listed].map(([leadId, row]) => ({ leadId, ...(row && { row }) }));
  return { members, unlisted, listedInVain, listed: rightly, batchIds };
}
