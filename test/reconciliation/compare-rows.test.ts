import { describe, expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadDocument, type MembershipState, unknownLead } from '../../shared/lead/lead-document.ts';
import type { ManualChange } from '../../shared/lead/manual-change.ts';
import { rowOf } from '../../shared/projection/membership-row.ts';
import {
  compareRows,
  lastTransition,
  type StoredRow,
  settledAfterMs,
  verdict,
} from '../../shared/reconciliation/compare-rows.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const day = 86_400_000;
const cause = { kind: 'profile_change', occurredAt: '2026-03-09T12:00:00.000Z' } as const;
const state = (sequence: number, more: Partial<MembershipState> = {}): MembershipState => ({
  ...{ sequence, since: now - day, source: 'rules', reason: 'rules', cause, revision: 1 },
  ...more,
});
const lead = (leadId: string, seg_a?: MembershipState, more: Partial<LeadDocument> = {}): LeadDocument => ({
  ...unknownLead(leadId),
  version: 4,
  evaluatedAt: now - settledAfterMs,
  memberships: seg_a ? { seg_a } : {},
  ...more,
});
/** The row as the projector would have stored it. */
const rowFor = (document: LeadDocument, more: Partial<StoredRow> = {}): StoredRow => {
  const { manual, ...row } = rowOf(document, 'seg_a');
  return {
    ...row,
    ...(manual && { author: manual.author, ...(manual.reason !== undefined && { reason: manual.reason }) }),
    ...more,
  };
};
const compare = (documents: LeadDocument[], rows: StoredRow[]) =>
  compareRows(documents, rows, { known: new Set(['seg_a']), uncounted: new Set(['open']), now });
const manual = (kind: ManualChange['kind']): ManualChange => ({
  id: 'act_1',
  kind,
  at: now - day,
  author: 'eve',
  reason: 'asked',
});

describe('rows and documents', () => {
  test.each<[string, LeadDocument, Partial<StoredRow>?]>([
    ['a member', lead('l1', state(1))],
    ['who left', lead('l1', state(2))],
    ['a member whose document was written for other reasons since', lead('l1', state(1)), { version: 2 }],
    [
      'who was added manually',
      lead('l1', state(1, { source: 'manual' }), { manualChanges: { seg_a: manual('added') } }),
    ],
    ['who is kept out', lead('l1', state(2), { manualChanges: { seg_a: manual('excluded') } })],
    ['who is kept out and never was in', lead('l1', undefined, { manualChanges: { seg_a: manual('excluded') } })],
    ['who is not kept out any more and never was in', lead('l1')],
  ])('agree about %s', (_, document, more) => {
    expect(compare([document], [rowFor(document, more)])).toEqual({ agreed: 1, suspects: [] });
  });

  const member = lead('l1', state(3));
  test.each<[string, Partial<StoredRow>]>([
    ['an older sequence', { sequence: 1 }],
    ['a newer sequence', { sequence: 4 }],
    ['another moment', { since: now - 1 }],
    ['another source', { source: 'pinned' }],
    ['an exclusion', { isExcluded: true }],
    ['an author', { author: 'eve' }],
    ['a version the document never had', { version: 5 }],
  ])('do not agree where the row has %s', (_, more) => {
    const row = rowFor(member, more);
    expect(compare([member], [row])).toEqual({ agreed: 0, suspects: [{ leadId: 'l1', segmentId: 'seg_a', row }] });
    expect(verdict({ leadId: 'l1', segmentId: 'seg_a', row }, member, now)).toEqual({
      kind: 'drift',
      drift: { leadId: 'l1', segmentId: 'seg_a', row, expected: rowOf(member, 'seg_a'), document: member },
    });
  });

  test('do not agree where whoever wrote the row never counted it', () => {
    const counted = rowFor(member, { batchId: 'done' });
    expect(compare([member], [counted])).toEqual({ agreed: 1, suspects: [] });
    const row = rowFor(member, { batchId: 'open' });
    const pair = { leadId: 'l1', segmentId: 'seg_a', row, isUncounted: true } as const;
    expect(compare([member], [row])).toEqual({ agreed: 0, suspects: [pair] });
    expect(verdict(pair, member, now)).toMatchObject({ kind: 'drift', drift: { isUncounted: true, expected: {} } });
    expect(compare([{ ...member, evaluatedAt: now }], [row])).toEqual({ agreed: 0, suspects: [] });
  });

  test('do not agree where a row is missing', () => {
    const pair = { leadId: 'l1', segmentId: 'seg_a' };
    expect(compare([member], [])).toEqual({ agreed: 0, suspects: [pair] });
    expect(verdict(pair, member, now)).toMatchObject({ kind: 'drift', drift: { expected: { sequence: 3 } } });
  });

  test('do not agree where a row has no membership, or no document', () => {
    const stray = rowFor(member);
    const suspects = [{ leadId: 'l1', segmentId: 'seg_a', row: stray }];
    expect(compare([lead('l1')], [stray]).suspects).toEqual(suspects);
    expect(compare([], [stray]).suspects).toEqual(suspects);
    const [pair] = suspects;
    expect(verdict(pair!, undefined, now)).toEqual({ kind: 'drift', drift: pair });
    const document = lead('l1');
    expect(verdict(pair!, document, now)).toEqual({ kind: 'drift', drift: { ...pair, document } });
  });

  test('a row of an exit may be gone after a week, not before', () => {
    const left = (since: number) => lead('l1', state(2, { since }));
    expect(compare([left(now - 8 * day)], [])).toEqual({ agreed: 0, suspects: [] });
    expect(compare([left(now - 6 * day)], []).suspects).toHaveLength(1);
    const late = left(now - 8 * day);
    expect(compare([late], [rowFor(late)])).toEqual({ agreed: 1, suspects: [] });
  });

  test('lag is not drift: what changed within five minutes is not compared', () => {
    const fresh = { ...member, evaluatedAt: now - settledAfterMs + 1 };
    expect(compare([fresh], [])).toEqual({ agreed: 0, suspects: [] });
    expect(compare([fresh], [rowFor(fresh, { sequence: 1 })])).toEqual({ agreed: 0, suspects: [] });
    expect(verdict({ leadId: 'l1', segmentId: 'seg_a' }, fresh, now)).toEqual({ kind: 'changing' });
  });

  test('who was written since the page was read is looked at as it is now', () => {
    const row = rowFor(member);
    expect(verdict({ leadId: 'l1', segmentId: 'seg_a', row }, member, now)).toEqual({ kind: 'agrees' });
  });

  test('segments that are not known any more are none of its business', () => {
    const document = lead('l1', undefined, { memberships: { seg_gone: state(1) } });
    expect(compare([document], [])).toEqual({ agreed: 0, suspects: [] });
  });
});

describe('the last transition', () => {
  const segment = { id: 'seg_a', name: 'German' } as Segment;
  const drift = (document: LeadDocument, row?: StoredRow) => ({
    ...{ leadId: 'l1', segmentId: 'seg_a', document, expected: rowOf(document, 'seg_a') },
    ...(row && { row }),
  });

  test('is made again from the document, with its own number', () => {
    expect(lastTransition(drift(lead('l1', state(3, { silent: true }))), segment)).toEqual({
      ...{ segmentId: 'seg_a', segmentName: 'German', revision: 1, sequence: 3, occurredAt: now - day },
      ...{ reason: 'rules', cause, since: now - day, source: 'rules', silent: true },
    });
  });

  test('of an exit tells since when the lead was in, where the row still knows', () => {
    const entered = rowFor(lead('l1', state(3, { since: now - 5 * day })));
    expect(lastTransition(drift(lead('l1', state(4)), entered), segment)).toMatchObject({
      ...{ sequence: 4, occurredAt: now - day, since: now - 5 * day },
    });
    expect(lastTransition(drift(lead('l1', state(6)), entered), segment)).toMatchObject({ since: now - day });
  });

  test('is none where the lead never was in', () => {
    const document = lead('l1', undefined, { manualChanges: { seg_a: manual('excluded') } });
    expect(lastTransition(drift(document), segment)).toBeUndefined();
  });
});
