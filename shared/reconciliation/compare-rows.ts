import type { Segment } from '../catalog/segment.ts';
import { type LeadDocument, own } from '../lead/lead-document.ts';
import type { Transition } from '../lead/outbox.ts';
import { manualChangeInForce } from '../membership/manual-changes.ts';
import { type MembershipRow, rowExpiresAt, rowOf } from '../projection/membership-row.ts';

/** What is unchanged for that long (ms) is compared: before, what differs may be on its way. */
export const settledAfterMs = 5 * 60_000;

/** A row as it is stored. */
export interface StoredRow extends Omit<MembershipRow, 'manual'> {
  readonly author?: string;
  readonly reason?: string;
  /** The batch that it was last written in; undefined if it was put right by itself. */
  readonly batchId?: string;
}

/** A lead and a segment, with what is stored of them. */
interface RowPair {
  readonly leadId: string;
  readonly segmentId: string;
  readonly row?: StoredRow;
  /** The row was written, but whoever did that never counted it. */
  readonly isUncounted?: true;
}

/** A row that is not what the lead's document says it should be. */
export interface RowDrift extends RowPair {
  /** What it should be; undefined: it should not be there. */
  readonly expected?: MembershipRow;
  /** The lead, if there is one. */
  readonly document?: LeadDocument;
}

/** Whether a document has been as it is for long enough to be compared (`now`: epoch ms). */
export function isSettled({ evaluatedAt }: LeadDocument, now: number): boolean {
  return evaluatedAt <= now - settledAfterMs;
}

/**
 * Compares a page of documents with all rows of the same range of leads, both ways. `suspects`: what differs, or has no
 * document on the page; whether that is drift takes a second look at the documents (`verdict`). Leads that changed lately
 * are left out. `uncounted`: batches whose rows are not counted; `now`: epoch ms.
 */
export function compareRows(
  documents: readonly LeadDocument[],
  rows: readonly StoredRow[],
  { known, uncounted, now }: { known: ReadonlySet<string>; uncounted: ReadonlySet<string>; now: number },
): { agreed: number; suspects: RowPair[] } {
  const byLead = new Map(documents.map((document) => [document.leadId, document]));
  const pairs = new Map<string, RowPair>();
  const keyOf = ({ leadId, segmentId }: RowPair) => `${segmentId} ${leadId}`;
  for (const document of documents) {
    const { leadId } = document;
    for (const segmentId of segmentsOf(document)) {
      const pair = { leadId, segmentId };
      if (known.has(segmentId) && expectedRow(document, segmentId, now)) pairs.set(keyOf(pair), pair);
    }
  }
  for (const row of rows) {
    const isUncounted = row.batchId !== undefined && uncounted.has(row.batchId);
    const pair = { leadId: row.leadId, segmentId: row.segmentId, row, ...(isUncounted && { isUncounted }) };
    pairs.set(keyOf(pair), pair);
  }
  const compared = [...pairs.values()].filter(({ leadId }) => {
    const document = byLead.get(leadId);
    return !document || isSettled(document, now);
  });
  const suspects = compared.filter((pair) => {
    const document = byLead.get(pair.leadId);
    return !document || !agrees(pair, document, now);
  });
  return { agreed: compared.length - suspects.length, suspects };
}

/** What a second look at the lead's document says of a suspect; `changing`: it is no matter for this time. */
export function verdict(
  pair: RowPair,
  document: LeadDocument | undefined,
  now: number,
): { kind: 'agrees' | 'changing' } | { kind: 'drift'; drift: RowDrift } {
  if (!document) return { kind: 'drift', drift: pair };
  if (!isSettled(document, now)) return { kind: 'changing' };
  if (agrees(pair, document, now)) return { kind: 'agrees' };
  const expected = listedRow(document, pair.segmentId);
  return { kind: 'drift', drift: { ...pair, document, ...(expected && { expected }) } };
}

/**
 * The last transition of a lead in a segment, made again from its document: what is published where it never was. The
 * ones before it are lost; the gap shows in `sequence`.
 */
export function lastTransition({ document, expected, row }: RowDrift, segment: Segment): Transition | undefined {
  const state = document && own(document.memberships, segment.id);
  if (!state || !expected) return undefined;
  const { sequence, since: occurredAt, source, reason, cause, revision, silent } = state;
  const entry = sequence % 2 === 0 && row?.sequence === sequence - 1 ? row : undefined;
  return {
    segmentId: segment.id,
    segmentName: segment.name,
    revision,
    sequence,
    occurredAt,
    reason,
    cause,
    since: entry?.since ?? occurredAt,
    source,
    ...(silent && { silent }),
  };
}

function segmentsOf({ memberships, manualChanges = {} }: LeadDocument): Set<string> {
  return new Set([...Object.keys(memberships), ...Object.keys(manualChanges)]);
}

/** The row that a document stands for; undefined where the lead never was in the segment nor is kept out of it. */
function listedRow(document: LeadDocument, segmentId: string): MembershipRow | undefined {
  const isListed =
    own(document.memberships, segmentId) || manualChangeInForce(document, segmentId)?.kind === 'excluded';
  return isListed ? rowOf(document, segmentId) : undefined;
}

/** The row that must be there; one of an exit may be gone after a while. */
function expectedRow(document: LeadDocument, segmentId: string, now: number): MembershipRow | undefined {
  const row = listedRow(document, segmentId);
  return row && (rowExpiresAt(row) ?? Number.POSITIVE_INFINITY) * 1000 > now ? row : undefined;
}

function agrees({ segmentId, row, isUncounted }: RowPair, document: LeadDocument, now: number): boolean {
  if (!row) return !expectedRow(document, segmentId, now);
  // Who was kept out and never was a member leaves, when that is over, a row that says nothing until it expires.
  const isLeft = row.sequence === 0 && !row.isExcluded;
  const expected = listedRow(document, segmentId) ?? (isLeft ? rowOf(document, segmentId) : undefined);
  return (
    expected !== undefined &&
    !isUncounted &&
    row.version <= expected.version &&
    row.sequence === expected.sequence &&
    row.since === expected.since &&
    row.source === expected.source &&
    row.isExcluded === expected.isExcluded &&
    row.author === expected.manual?.author &&
    row.reason === expected.manual?.reason
  );
}
