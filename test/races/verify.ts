import { factsOf, type OracleChange, segmentsOf } from '../../oracle/oracle.ts';
import { runsPartition, segmentsPartition } from '../../shared/aws/segments-keys.ts';
import { isMember, type LeadDocument } from '../../shared/lead/lead-document.ts';
import { decodeLead, decodeOutbox } from '../../shared/lead/lead-item.ts';
import type { Transition } from '../../shared/lead/outbox.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { countKey, lanes, membersName } from '../../shared/projection/row-keys.ts';
import {
  asStoredSegment,
  documentErrors,
  heldIn,
  type StoredSegment,
  storedLeads,
  storedVersions,
} from './document-errors.ts';
import { manualErrors } from './manual-errors.ts';
import { formatErrors, readItem } from './next-release.ts';
import { unmarshallItem } from './store/attribute-value.ts';
import type { Cloud } from './store/cloud.ts';
import type { World } from './world.ts';

/** The segments as they are stored. */
export function storedSegments(cloud: Cloud): StoredSegment[] {
  return cloud.database.table('Segments').partition({ S: segmentsPartition }).map(asStoredSegment);
}

/** Everything that must be true when nothing is left to do; what is not, in sentences. */
export function findErrors(world: World, sent: readonly OracleChange[], leadIds: readonly string[]): string[] {
  const { cloud, answers } = world;
  return [
    ...membershipErrors(world, sent, leadIds),
    ...projectionErrors(cloud),
    ...transitionErrors(world),
    ...remnantErrors(world),
    ...documentErrors(cloud),
    ...formatErrors(cloud),
    ...manualErrors(cloud, answers),
    ...recalculationErrors(cloud),
    ...cloud.queue('dead-letters').messages.map(({ body }) => `a message was refused: ${body}`),
  ];
}

/** Until when (epoch ms) nothing of a lead exists: by what the API answered, and by what was stored. */
function deletedUntil({ cloud, answers }: World, leadId: string): number {
  const versions = storedVersions(cloud).filter((document) => document.leadId === leadId);
  const moments = versions.flatMap(({ deletedAt }) => deletedAt ?? []);
  return Math.max(answers.deletions.get(leadId) ?? Number.NEGATIVE_INFINITY, ...moments);
}

/** Each lead is in exactly the active segments that evaluating everything ever sent from scratch says, or a person. */
function membershipErrors(world: World, sent: readonly OracleChange[], leadIds: readonly string[]): string[] {
  const { cloud, scheduler } = world;
  const segments = storedSegments(cloud);
  const documents = new Map(storedLeads(cloud).map((document) => [document.leadId, document]));
  return leadIds.flatMap((leadId) => {
    const until = deletedUntil(world, leadId);
    const exists = ({ queue, message }: OracleChange) =>
      queue === 'account' || Date.parse(String(message.occurredAt)) > until;
    const facts = factsOf(leadId, sent.filter(exists));
    const document = documents.get(leadId);
    const isThere = document !== undefined && !document.isDeleted;
    if (!facts && isThere) return [`${leadId} is there, but nothing was ever said about it since its deletion`];
    if (facts && !isThere) return [`${leadId} is not there`];
    if (!document) return [];
    const expected = facts
      ? segmentsOf(facts, segments, scheduler.now, undefined, heldIn(document))
      : new Set<string>();
    return segments.flatMap(({ id, active }) => {
      if (!active || isMember(document, id) === expected.has(id)) return [];
      return [`${leadId} is ${expected.has(id) ? 'missing from' : 'wrongly in'} ${id}`];
    });
  });
}

/** The version that a lead's last deletion left, by lead. */
function deletions(cloud: Cloud): Map<string, number> {
  const tombstones = storedVersions(cloud).filter(({ isDeleted }) => isDeleted);
  return new Map(tombstones.map(({ leadId, version }) => [leadId, version]));
}

/**
 * Of a deleted lead nothing is left but its tombstone: no raw events, and no history (see `transitionErrors`). Not where
 * deliveries overlap: one that is killed, or goes on, after the other was done may leave what that one removed.
 */
function remnantErrors({ cloud, hasOverlappingDeliveries }: World): string[] {
  if (hasOverlappingDeliveries) return [];
  const events = cloud.database.table('Events').all();
  return storedLeads(cloud).flatMap(({ leadId, deletedAt = Number.NEGATIVE_INFINITY }) =>
    events.flatMap(({ sk }) => {
      const [of, occurredAt = ''] = sk?.S?.split('#') ?? [];
      if (of !== leadId || Date.parse(occurredAt) > deletedAt) return [];
      return [`of ${leadId}, which was deleted, there is still the event ${sk?.S}`];
    }),
  );
}

/** Rows are what the documents say, and counts are their sums. */
function projectionErrors(cloud: Cloud): string[] {
  const errors: string[] = [];
  const memberships = cloud.database.table('Memberships');
  const documents = storedLeads(cloud);
  for (const { id } of storedSegments(cloud)) {
    const members = new Map<string, number>();
    for (const document of documents) {
      const sequence = document.memberships[id]?.sequence ?? 0;
      const shard = shardOf(document.leadId);
      const row = memberships.get({ pk: { S: `${id}#${shard}` }, sk: { S: document.leadId } });
      const stored = Number(row?.sequence?.N ?? 0);
      if (stored !== sequence) {
        errors.push(`the row of ${document.leadId} in ${id} is at ${stored}, its document at ${sequence}`);
      }
      members.set(shard, (members.get(shard) ?? 0) + (sequence % 2));
    }
    for (const [shard, count] of members) {
      const counts = lanes.map((lane) => memberships.get(countKey(id, lane)));
      const stored = counts.reduce((sum, item) => sum + Number(item?.[membersName(shard)]?.N ?? 0), 0);
      if (stored !== count) errors.push(`shard ${shard} of ${id} counts ${stored} members, and has ${count}`);
    }
  }
  return errors;
}

/** One transition as the write that decided it stored it. */
interface Committed {
  readonly lead: LeadDocument;
  readonly transition: Transition;
}

function committedTransitions(cloud: Cloud): Committed[] {
  return cloud.database.table('Leads').stream.flatMap(({ newImage }) => {
    if (!newImage) return [];
    const lead = decodeLead(readItem(newImage));
    return decodeOutbox(newImage).transitions.map((transition) => ({ lead, transition }));
  });
}

/** Sequences have no gap and agree with the documents; each transition is in the history, and on the bus if not silent. */
function transitionErrors({ cloud, hasOverlappingDeliveries }: World): string[] {
  const errors: string[] = [];
  const latest = new Map<string, number>();
  const published = new Map<string, Set<string>>();
  for (const { by, detail } of cloud.published) {
    const { id, sequence } = JSON.parse(detail) as { id: string; sequence?: number };
    // The reconciler tells a transition with the names and values of its own time.
    const told = by.startsWith('jobs') ? `by the reconciler, "sequence":${sequence}` : detail;
    published.set(id, (published.get(id) ?? new Set()).add(told));
  }
  const expected = new Set<string>();
  const deleted = deletions(cloud);
  for (const { lead, transition } of committedTransitions(cloud)) {
    const { segmentId, sequence, occurredAt, silent } = transition;
    const membership = `${lead.leadId}:${segmentId}`;
    const before = latest.get(membership) ?? 0;
    if (sequence !== before + 1) errors.push(`${membership} went from sequence ${before} to ${sequence}`);
    latest.set(membership, sequence);
    const sk = `${new Date(occurredAt).toISOString()}#${segmentId}#${sequence}`;
    const history = cloud.database.table('Transitions').get({ leadId: { S: lead.leadId }, sk: { S: sk } });
    const isGone = lead.version <= (deleted.get(lead.leadId) ?? 0);
    if (!history && !isGone) errors.push(`${membership}:${sequence} is not in the history`);
    if (history && isGone && !hasOverlappingDeliveries)
      errors.push(`${membership}:${sequence} is in the history of a lead that was deleted`);
    const id = `${membership}:${sequence}`;
    if (silent) {
      if (published.has(id)) errors.push(`${id} is silent, and was published`);
      continue;
    }
    expected.add(id);
    const details = published.get(id);
    const variants = [...(details ?? [])].filter((detail) => detail.startsWith('{'));
    if (!details) errors.push(`${id} was never published`);
    else if (variants.length > 1) errors.push(`${id} was published as ${variants.join(' and ')}`);
    else if ([...details].some((detail) => !detail.includes(`"sequence":${sequence}`))) errors.push(`${id} is another`);
  }
  for (const id of published.keys()) {
    const isTransition = /:\d+$/.test(id) && !id.startsWith('seg_');
    if (isTransition && !expected.has(id)) errors.push(`${id} was published, but never stored`);
  }
  for (const { leadId, memberships } of storedLeads(cloud)) {
    for (const [segmentId, { sequence }] of Object.entries(memberships)) {
      const stored = latest.get(`${leadId}:${segmentId}`) ?? 0;
      if (stored !== sequence) errors.push(`${leadId}:${segmentId} is at ${sequence}, its transitions at ${stored}`);
    }
  }
  for (const item of cloud.database.table('Segments').partition({ S: 'lifecycle' })) {
    const id = item.sk?.S ?? '';
    if (!published.has(id)) errors.push(`${id} was never published`);
  }
  return errors;
}

/** Every run has ended, and nothing kept it from a lead. */
function recalculationErrors(cloud: Cloud): string[] {
  const active = new Set(storedSegments(cloud).flatMap(({ id, active }) => (active ? [id] : [])));
  const runs = cloud.database.table('Segments').partition({ S: runsPartition }).map(unmarshallItem);
  return runs.flatMap(({ sk, state }) =>
    active.has(String(sk)) && state !== 'done' ? [`the recalculation of ${sk} ended as ${state}`] : [],
  );
}
