import { type LeadDocument, type MembershipSource, own } from '../lead/lead-document.ts';
import type { ManualChange } from '../lead/manual-change.ts';
import type { Outbox, Transition } from '../lead/outbox.ts';
import { manualChangeInForce } from '../membership/manual-changes.ts';

/** A lead's membership in one segment as one write of its document left it: what lists and counts are made of. */
export interface MembershipRow {
  readonly leadId: string;
  readonly segmentId: string;
  /** The document's version: of two rows the one with the higher version counts. */
  readonly version: number;
  /** Odd: a member. 0: it was never one. */
  readonly sequence: number;
  /** Epoch ms. */
  readonly since: number;
  readonly source: MembershipSource;
  /** The manual change that made it a member, or keeps it out. */
  readonly manual?: Pick<ManualChange, 'at' | 'author' | 'reason'>;
  readonly isExcluded: boolean;
}

/** An exit keeps its row that long (seconds), so that a late older write cannot bring the member back. */
const keptExitSeconds = 7 * 86_400;

/** When (epoch seconds) a row is of no more use; undefined for members and leads that are kept out. */
export function rowExpiresAt({ sequence, isExcluded, since, manual }: MembershipRow): number | undefined {
  if (sequence % 2 === 1 || isExcluded) return undefined;
  return Math.ceil(Math.max(since, manual?.at ?? 0) / 1000) + keptExitSeconds;
}

/** A row to bring up to date, and the transitions that lead there, oldest first. */
export interface RowChange {
  readonly row: MembershipRow;
  readonly transitions: readonly Transition[];
}

/** A document as one write left it, with what that write announced. */
export interface ProjectedWrite {
  readonly lead: LeadDocument;
  readonly outbox: Outbox;
}

/** The rows that writes change: for each membership the newest, with all its transitions. */
export function rowChangesOf(writes: readonly ProjectedWrite[]): RowChange[] {
  const changes = new Map<string, { row: MembershipRow; transitions: Transition[] }>();
  for (const { lead, outbox } of writes) {
    const { transitions, changedRows = [] } = outbox;
    for (const segmentId of new Set([...transitions.map((transition) => transition.segmentId), ...changedRows])) {
      const key = `${segmentId} ${lead.leadId}`;
      const row = rowOf(lead, segmentId);
      const earlier = changes.get(key);
      const joined = [
        ...(earlier?.transitions ?? []),
        ...transitions.filter((transition) => transition.segmentId === segmentId),
      ].sort((a, b) => a.sequence - b.sequence);
      const newest = earlier && earlier.row.version > row.version ? earlier.row : row;
      changes.set(key, { row: newest, transitions: joined });
    }
  }
  return [...changes.values()];
}

/** The row that a document stands for in a segment. */
export function rowOf(document: LeadDocument, segmentId: string): MembershipRow {
  const { leadId, version } = document;
  const { sequence = 0, since = 0, source = 'rules' } = own(document.memberships, segmentId) ?? {};
  const inForce = manualChangeInForce(document, segmentId);
  const isExcluded = inForce?.kind === 'excluded';
  // An addition that was settled still tells who made the lead a member.
  const manual = isExcluded || source !== 'rules' ? own(document.manualChanges ?? {}, segmentId) : undefined;
  return { leadId, segmentId, version, sequence, since, source, isExcluded, ...(manual && { manual }) };
}
