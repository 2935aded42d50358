import { chunk } from '../batch/batch.ts';
import type { LeadChange, LeadEvent } from '../lead/change.ts';
import { newestFirst, type RawEvent } from '../lead/event-order.ts';
import { isLead, isMember, type LeadDocument } from '../lead/lead-document.ts';
import { evaluateLeads, type LeadPorts } from '../membership/evaluate-leads.ts';

/** What would become of leads. */
export interface LeadsTried {
  /** Leads that are not known yet, those of which a value would be another, and those of which none would. */
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Leads whose changes cannot be taken in, such as those that would become too large. */
  readonly failed: number;
  /** Each segment that somebody would enter or leave. */
  readonly segments: readonly SegmentTried[];
}

/** Who would enter and leave a segment: how many, and some of them. */
export interface SegmentTried {
  readonly segmentId: string;
  readonly entering: Moves;
  readonly leaving: Moves;
}

interface Moves {
  readonly total: number;
  readonly leadIds: readonly string[];
}

const leadsAtOnce = 100;
const maximumSamples = 10;

/** Evaluates leads with their changes as workers would, from what is stored and in memory: nothing is written. */
export async function tryLeads(
  ports: LeadPorts,
  changesByLead: ReadonlyMap<string, readonly LeadChange[]>,
): Promise<LeadsTried> {
  const counts = { new: 0, changed: 0, unchanged: 0, failed: 0 };
  const segments = new Map<string, Record<'entering' | 'leaving', { total: number; leadIds: string[] }>>();
  for (const group of chunk([...changesByLead], leadsAtOnce)) {
    const written = new Map<string, { before: LeadDocument; after: LeadDocument }>();
    const work = group.map(([leadId, changes]) => ({ leadId, changes }));
    const { outcomes, failed } = await evaluateLeads(inMemory(ports, changesByLead, written), work);
    for (const [leadId] of group) {
      const { before, after } = written.get(leadId) ?? {};
      if (failed.has(leadId) || outcomes.get(leadId)?.refused !== undefined) counts.failed++;
      else if (!before || !after) counts.unchanged++;
      else {
        counts[isLead(before) ? (hasSameValues(before, after) ? 'unchanged' : 'changed') : 'new']++;
        for (const segmentId of new Set([...Object.keys(before.memberships), ...Object.keys(after.memberships)])) {
          const [was, is] = [isMember(before, segmentId), isMember(after, segmentId)];
          if (was === is) continue;
          const none = { entering: { total: 0, leadIds: [] }, leaving: { total: 0, leadIds: [] } };
          const moves = segments.get(segmentId) ?? none;
          segments.set(segmentId, moves);
          const move = moves[is ? 'entering' : 'leaving'];
          move.total++;
          if (move.leadIds.length < maximumSamples) move.leadIds.push(leadId);
        }
      }
    }
  }
  return { ...counts, segments: [...segments].map(([segmentId, moves]) => ({ segmentId, ...moves })) };
}

/** The ports of an evaluation whose writes go to `written`, and which finds the events of the changes stored. */
function inMemory(
  ports: LeadPorts,
  changesByLead: ReadonlyMap<string, readonly LeadChange[]>,
  written: Map<string, { before: LeadDocument; after: LeadDocument }>,
): LeadPorts {
  return {
    ...ports,
    leads: {
      read: ports.leads.read,
      write: async (writes) => {
        for (const { before, after } of writes) written.set(after.leadId, { before, after });
        return writes.map(() => 'written');
      },
    },
    accounts: { read: ports.accounts.read, enterRoster: async () => undefined, leaveRoster: async () => undefined },
    events: {
      read: async (leadId, condition, n, now) => {
        const stored = await ports.events.read(leadId, condition, n, now);
        const isNew = (change: LeadChange): change is LeadEvent =>
          change.kind === 'lead_event' &&
          change.eventType === condition.eventType &&
          !stored.some(({ eventId, occurredAt }) => eventId === change.eventId && occurredAt === change.occurredAt);
        const added = (changesByLead.get(leadId) ?? [])
          .filter(isNew)
          .map(({ eventId, occurredAt, metadata = {} }) => ({ eventId, occurredAt, metadata }));
        return newestFirst<RawEvent>([...stored, ...added]);
      },
    },
  };
}

function hasSameValues(before: LeadDocument, after: LeadDocument): boolean {
  return valuesOf(before) === valuesOf(after);
}

function valuesOf({ attributes, engagementLevel, profileLevel, accountLink, events }: LeadDocument): string {
  const present = Object.entries(attributes).filter(([, value]) => value !== null);
  const sorted = [...present, ...Object.entries(events)].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, engagementLevel?.[0], profileLevel?.[0], accountLink?.[0]]);
}
