import type { LeadDocument } from './lead-document.ts';
import { shards } from './shard.ts';
import { showLead } from './show-lead.ts';

/** Where a list of leads goes on: in which shard, after which lead. */
export interface LeadPosition {
  readonly shard: number;
  readonly after?: string;
}

/** What a walk through all leads needs from outside. */
export interface FindLeadsPorts {
  /** A page of a shard's leads, sorted by id, strongly consistent. */
  readonly pages: (
    shard: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ leads: readonly LeadDocument[]; next?: string }>;
  /** Which leads of a page are wanted; left out: all. */
  readonly select?: (shard: string, leads: readonly LeadDocument[]) => Promise<readonly LeadDocument[]>;
  /** How many leads to read at most, where not all are wanted; left out: 10,000. */
  readonly readsAtMost?: number;
  /** Asked after each page: whether the search is to end with what was found. */
  readonly isTimeUp: () => boolean;
}

const maximumPage = 500;
/** Characters of JSON that an answer may hold before its last lead: Lambda answers up to 6 MB. */
const maximumCharacters = 1_500_000;

/**
 * Up to `limit` leads from a position on, shard by shard; fewer where they are large. Without `next` there are no more; with it there may be, even
 * when few or none were found.
 */
export async function findLeads(
  { pages, select, readsAtMost = 10_000, isTimeUp }: FindLeadsPorts,
  from: LeadPosition,
  limit: number,
): Promise<{ leads: readonly LeadDocument[]; next?: LeadPosition }> {
  const found: LeadDocument[] = [];
  let { shard, after } = from;
  let characters = 0;
  for (let scanned = 0; shard < shards.length; ) {
    const name = shards[shard]!;
    const room = limit - found.length;
    const page = await pages(name, after, select ? maximumPage : room);
    const leads = page.leads.filter(({ isDeleted }) => !isDeleted);
    const wanted = select ? await select(name, leads) : leads;
    for (const lead of wanted) {
      if (found.length === limit || characters > maximumCharacters) {
        return { leads: found, next: { shard, after: found.at(-1)!.leadId } };
      }
      found.push(lead);
      characters += JSON.stringify(showLead(lead)).length;
    }
    after = page.next;
    if (after === undefined) shard++;
    scanned += page.leads.length;
    const isFull = found.length === limit || characters > maximumCharacters;
    if (isFull || scanned >= readsAtMost || isTimeUp()) break;
  }
  if (shard === shards.length) return { leads: found };
  return { leads: found, next: { shard, ...(after !== undefined && { after }) } };
}
