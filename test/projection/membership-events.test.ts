import { describe, expect, test } from 'vitest';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadDocument, type MembershipState, unknownLead } from '../../shared/lead/lead-document.ts';
import { nextTransition } from '../../shared/membership/transition.ts';
import { membershipEvent } from '../../shared/projection/membership-events.ts';

const segment = { id: 'seg_1', name: 'Hot', revision: 4 } as Segment;
const cause = { kind: 'level_change', changeId: 'c1', occurredAt: '2026-03-10T11:00:00.000Z' } as const;
const enteredAt = Date.parse('2026-03-10T12:00:00Z');
const exitedAt = Date.parse('2026-03-11T12:00:00Z');
const lead: LeadDocument = { ...unknownLead('l1'), attributes: { country: 'DE', city: null, tags: ['a'] } };
const origin = { reason: 'rules', cause, source: 'rules' } as const;

const entry = nextTransition(undefined, segment, enteredAt, origin);
const inSegment: LeadDocument = { ...lead, memberships: { seg_1: entry.membership } };
const exit = nextTransition(entry.membership, segment, exitedAt, { ...origin, reason: 'time_passed' });

describe('the event of a transition', () => {
  test('of an entry is as the contract has it', () => {
    expect(membershipEvent(inSegment, entry.transition)).toEqual({
      type: 'Lead Entered Segment',
      detail: {
        id: 'l1:seg_1:1',
        sequence: 1,
        occurredAt: '2026-03-10T12:00:00.000Z',
        lead: { id: 'l1', attributes: { country: 'DE', tags: ['a'] } },
        segment: { id: 'seg_1', name: 'Hot', revision: 4 },
        reason: 'rules',
        cause,
        membership: { since: '2026-03-10T12:00:00.000Z', source: 'rules' },
      },
    });
  });

  test('of an exit tells the membership that ended', () => {
    const { type, detail } = membershipEvent(inSegment, exit.transition);
    expect(type).toBe('Lead Exited Segment');
    expect(detail).toMatchObject({
      id: 'l1:seg_1:2',
      occurredAt: '2026-03-11T12:00:00.000Z',
      reason: 'time_passed',
      membership: { since: '2026-03-10T12:00:00.000Z', source: 'rules' },
    });
  });

  test('tells no attribute that is empty', () => {
    const attributes = { country: 'DE', text: '', spaces: '  ', none: [], texts: [''], some: ['', 'a'], zero: 0 };
    const { detail } = membershipEvent({ ...inSegment, attributes }, entry.transition);
    expect(detail.lead).toEqual({ id: 'l1', attributes: { country: 'DE', some: ['', 'a'], zero: 0 } });
  });

  test('leaves out attributes that would make it too large for the bus', () => {
    const attributes = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, '語'.repeat(1_300)]));
    const { detail } = membershipEvent({ ...inSegment, attributes }, entry.transition);
    expect(detail.lead).toEqual({ id: 'l1' });
  });

  test('is always small enough for the bus, whatever the letters', () => {
    for (const letter of ['x', 'ü', '語', '"', '😀']) {
      const attributes = { text: letter.repeat(30_000), more: letter.repeat(1_900) };
      const { detail } = membershipEvent({ ...inSegment, attributes }, entry.transition);
      expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(240_000);
    }
  });
});

describe('transitions of one lead and segment', () => {
  test('are numbered without a gap: in with odd, out with even numbers', () => {
    let membership: MembershipState | undefined;
    for (let sequence = 1; sequence <= 6; sequence++) {
      const next = nextTransition(membership, segment, enteredAt + sequence, origin);
      expect({ ...next.transition }).toMatchObject({ sequence, occurredAt: enteredAt + sequence });
      membership = next.membership;
      expect(membership).toMatchObject({ sequence, since: enteredAt + sequence });
    }
  });

  test('of an exit keep how the lead had been a member', () => {
    const manual = nextTransition(undefined, segment, enteredAt, { ...origin, source: 'manual' });
    expect(nextTransition(manual.membership, segment, exitedAt, origin).transition.source).toBe('manual');
  });
});
