import type { HeardEvent } from '../load/bus-queue.ts';

/** Members by segment id. */
export type Members = ReadonlyMap<string, ReadonlySet<string>>;

/** How what the bus told differs from what had to happen. All but the first two are 0 when it is exact. */
interface Told {
  readonly entered: number;
  readonly exited: number;
  readonly missing: number;
  readonly unexpected: number;
  /** Leads whose events are not numbered one after the other, or not entering with odd numbers. */
  readonly misnumbered: number;
}

const none: ReadonlySet<string> = new Set();
const keyOf = (segmentId: string, leadId: string) => `${segmentId} ${leadId}`;

/** Who is in which segment, and how many times each lead has entered or left it, as far as everything went right. */
export class Ledger {
  private readonly members = new Map<string, ReadonlySet<string>>();
  private readonly sequences = new Map<string, number>();
  private accounted = 0;

  /** The members of a segment as they should be. */
  of(segmentId: string): ReadonlySet<string> {
    return this.members.get(segmentId) ?? none;
  }

  /**
   * Accounts for the events since the last time. `states`: the members that the rules asked for, one save after the other,
   * of the segments that change; between the first and the last any lead may or may not have been seen by each.
   */
  account(states: readonly Members[], heard: ReadonlyMap<string, HeardEvent>): Told {
    const news = groupedBySegmentAndLead([...heard.values()].slice(this.accounted));
    this.accounted = heard.size;
    const told = { entered: 0, exited: 0, missing: 0, unexpected: 0, misnumbered: 0 };
    const segmentIds = new Set([...news.keys(), ...states.flatMap((state) => [...state.keys()])]);
    for (const segmentId of segmentIds) {
      const history = [this.of(segmentId), ...states.flatMap((state) => state.get(segmentId) ?? [])];
      const ofSegment = news.get(segmentId) ?? new Map<string, HeardEvent[]>();
      for (const leadId of new Set([...ofSegment.keys(), ...leadsThatMove(history)])) {
        this.accountForLead(segmentId, leadId, history, ofSegment.get(leadId) ?? [], told);
      }
      this.members.set(segmentId, history.at(-1)!);
    }
    return told;
  }

  private accountForLead(
    segmentId: string,
    leadId: string,
    history: readonly ReadonlySet<string>[],
    heard: readonly HeardEvent[],
    told: { -readonly [Name in keyof Told]: number },
  ): void {
    const isIn = history.map((members) => members.has(leadId));
    const needed = isIn[0] === isIn.at(-1) ? 0 : 1;
    const atMost = isIn.filter((value, index) => index > 0 && value !== isIn[index - 1]).length;
    const entries = heard.filter(({ isEntry }) => isEntry).length;
    told.entered += entries;
    told.exited += heard.length - entries;
    if (heard.length < needed) told.missing += 1;
    else if (heard.length > atMost) told.unexpected += heard.length - atMost;
    else if (heard.length % 2 !== needed) told.missing += 1;
    const key = keyOf(segmentId, leadId);
    const before = this.sequences.get(key) ?? 0;
    const numbers = heard
      .map(({ sequence, isEntry }) => ({ sequence, isEntry }))
      .sort((a, b) => a.sequence - b.sequence);
    const inOrder = numbers.every(({ sequence, isEntry }, index) => {
      return sequence === before + index + 1 && isEntry === (sequence % 2 === 1);
    });
    if (!inOrder) told.misnumbered += 1;
    this.sequences.set(key, before + heard.length);
  }
}

function groupedBySegmentAndLead(heard: readonly HeardEvent[]): Map<string, Map<string, HeardEvent[]>> {
  const groups = new Map<string, Map<string, HeardEvent[]>>();
  for (const event of heard) {
    const ofSegment = groups.get(event.segmentId) ?? new Map<string, HeardEvent[]>();
    groups.set(event.segmentId, ofSegment);
    const ofLead = ofSegment.get(event.leadId);
    if (ofLead) ofLead.push(event);
    else ofSegment.set(event.leadId, [event]);
  }
  return groups;
}

/** Those who are not in all of them or in none. */
function leadsThatMove(history: readonly ReadonlySet<string>[]): Set<string> {
  const moving = new Set<string>();
  for (const members of history) {
    for (const leadId of members) if (!history.every((other) => other.has(leadId))) moving.add(leadId);
  }
  return moving;
}
