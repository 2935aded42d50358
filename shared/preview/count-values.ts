import { mapConcurrently } from '../batch/batch.ts';
import { type LeadDocument, leadFieldOf, own } from '../lead/lead-document.ts';
import type { LeadReads, LeadScan } from '../lead/lead-reads.ts';
import { shards } from '../lead/shard.ts';
import { unlessTimeUp } from '../read-budget/time-up.ts';
import { fold, isEmpty } from '../rule/value.ts';
import { isOfferedValue } from '../vocabulary/mentions.ts';
import { sharedByAtLeast } from '../vocabulary/seen-place.ts';

/** A value, as text, and how many leads have it, however it is written. */
export interface CountedValue {
  readonly value: string;
  readonly leads: number;
}

/** How many leads have which values of a field. */
export interface ValueCounts {
  /** The most frequent first. Of a part of the leads: what that part lets expect of all. */
  readonly values: readonly CountedValue[];
  /** Leads that were looked at. */
  readonly looked: number;
  /** Whether all were. */
  readonly exact: boolean;
}

/** What rules read of leads themselves or of their accounts, as `usesField` names it; events are counted otherwise. */
export type ValuePlace =
  | { readonly of: 'lead' | 'account'; readonly field: string }
  | { readonly of: 'engagement_level' | 'profile_level' | 'account_level' };

const mostValues = 50;
/** Different values that are counted: a field with more has hardly any that leads share. */
const mostDistinct = 20_000;
const leadsPerPage = 900;
const shardsAtOnce = 8;

/**
 * Counts who has which value, as far as there is time. `order`: of the shards; drawn at random, a part of the leads is a fair
 * sample. `leads`: how many there are. Values that fewer than five of the leads have, or that look personal, are left out.
 */
export async function countValues(
  scan: LeadScan,
  place: ValuePlace,
  {
    order,
    leads,
    isTimeUp,
  }: { readonly order: readonly string[]; readonly leads: number; readonly isTimeUp: () => boolean },
): Promise<ValueCounts> {
  const counts = new Map<string, { value: string; leads: number }>();
  const readPage = scan(readsFor(place));
  let [looked, finished] = [0, 0];
  await mapConcurrently(order, shardsAtOnce, async (shard) => {
    for (let after: string | undefined; !isTimeUp(); ) {
      const page = await unlessTimeUp(readPage(shard, after, leadsPerPage, isTimeUp));
      if (!page) return;
      const living = page.leads.filter(({ isDeleted }) => !isDeleted);
      for (const document of living) addValues(counts, valueAt(document, place));
      looked += living.length;
      after = page.next;
      if (after === undefined) {
        finished++;
        return;
      }
    }
  });
  const exact = finished === shards.length;
  const all = exact ? looked : Math.max(leads, looked);
  const values = [...counts.values()]
    .filter((count) => count.leads >= sharedByAtLeast && isOfferedValue(count.value))
    .sort((a, b) => b.leads - a.leads || (a.value < b.value ? -1 : 1))
    .slice(0, mostValues)
    .map((count) => ({ value: count.value, leads: Math.round((count.leads / looked) * all) }));
  return { values, looked, exact };
}

/** Each value of a lead counts once, however often a list has it; all ways to write it are one. */
function addValues(counts: Map<string, { value: string; leads: number }>, value: unknown): void {
  const seen = new Set<string>();
  for (const element of [value].flat()) {
    if (isEmpty(element) || typeof element === 'object') continue;
    const text = String(element);
    const key = fold(text);
    if (seen.has(key)) continue;
    seen.add(key);
    const count = counts.get(key);
    if (count) count.leads++;
    else if (counts.size < mostDistinct) counts.set(key, { value: text, leads: 1 });
  }
}

function readsFor(place: ValuePlace): LeadReads {
  return {
    attributes: place.of === 'lead' ? [place.field] : [],
    accountAttributes: place.of === 'account' ? [place.field] : [],
    memberships: [],
    events: [],
  };
}

function valueAt(document: LeadDocument, place: ValuePlace): unknown {
  const { account, engagementLevel, profileLevel } = document;
  switch (place.of) {
    case 'lead':
      return leadFieldOf(document, place.field);
    case 'account':
      return account && own(account.attributes, place.field);
    case 'engagement_level':
      return engagementLevel?.[0];
    case 'profile_level':
      return profileLevel?.[0];
    case 'account_level':
      return account?.accountLevel;
  }
}
