import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { shardOf, shards } from '../../shared/lead/shard.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { madeChanges, seededChance } from '../lead-world.ts';

const moment = Date.parse('2026-05-04T09:30:03.118Z');
const oneOf = <T>(chance: () => number, from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
const segmentId = (index: number) => `seg_01JT8Q6R2K4H8G1F0E3D5C7B${String(index).padStart(2, '0')}`;

/** All leads are in these shards, so that their pages are full, as those of all shards are from some 50,000 leads on. */
export const usedShards = shards.slice(0, 2);

/**
 * Leads as they are stored: about 17 of 20 attributes, both levels, and members of some of a dozen segments; about so many
 * in each of the used shards.
 */
export function storedLeads(perShard: number): LeadDocument[] {
  const chance = seededChance(11);
  const made = madeChanges(perShard * shards.length, 7);
  const used = made.filter(({ before }) => usedShards.includes(shardOf(before.leadId)));
  return used.map(({ before }, index): LeadDocument => {
    const memberships = Array.from({ length: Math.floor(chance() * 5) }, () => segmentId(Math.floor(chance() * 12)));
    return {
      ...unknownLead(before.leadId),
      version: 1,
      catalogVersion: 0,
      evaluatedAt: moment,
      updatedAt: moment,
      attributes: before.attributes,
      attributesSetAt: moment - 60_000,
      setAt: { score: moment - 30_000 },
      engagementLevel: [oneOf(chance, ['Cold', 'Warm', 'Hot', 'Very Hot']), moment - 20_000],
      profileLevel: [oneOf(chance, ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit']), moment - 20_000],
      eventTypes: ['Form Submit', 'Page View'],
      memberships: Object.fromEntries(
        memberships.map((id) => [
          id,
          {
            sequence: 1,
            since: moment,
            source: 'rules',
            reason: 'rules',
            cause: {
              kind: 'profile_change',
              changeId: `crm-change-${1_000_000 + index}`,
              occurredAt: new Date(moment).toISOString(),
            },
            revision: 3,
          },
        ]),
      ),
    };
  });
}

/** A segment some of those leads are in. */
export const storedSegmentId = segmentId(3);

/** Five rules, on four attributes and a level. */
export const fiveRules: readonly Rule[] = [
  { type: 'lead_metadata', field: 'country', operator: 'not_equals', value: 'country beta 1' },
  { type: 'lead_metadata', field: 'score', operator: 'greater_than', value: 20 },
  { type: 'lead_metadata', field: 'job_title', operator: 'contains', value: 'a' },
  { type: 'lead_metadata', field: 'industry', operator: 'is_not_empty' },
  { type: 'engagement_level', operator: 'in', value: ['Warm', 'Hot', 'Very Hot'] },
];
