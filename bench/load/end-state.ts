import { factsOf, type Json, type OracleChange, type OracleSegment, segmentsOf } from '../../oracle/oracle.ts';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import type { HeardEvent } from './bus-queue.ts';
import { eventTypes } from './load-world.ts';
import type { LocalRun } from './local-run.ts';

/** What a run is expected to know of its leads: all changes ever sent, evaluated from scratch. */
export class Expectation {
  private readonly ofLead = new Map<string, OracleChange[]>();
  private readonly ofAccount = new Map<string, OracleChange[]>();

  add(changes: readonly OracleChange[]): void {
    for (const change of changes) {
      const { accountId, leadId } = change.message;
      const [groups, id] = change.queue === 'account' ? [this.ofAccount, accountId] : [this.ofLead, leadId];
      const group = groups.get(String(id));
      if (group) group.push(change);
      else groups.set(String(id), [change]);
    }
  }

  get leadIds(): string[] {
    return [...this.ofLead.keys()];
  }

  /** What is known of a lead. */
  facts(leadId: string) {
    const own = this.ofLead.get(leadId) ?? [];
    const accountIds = new Set(own.flatMap(({ message }) => (message.accountId ? [String(message.accountId)] : [])));
    return factsOf(leadId, [...own, ...[...accountIds].flatMap((id) => this.ofAccount.get(id) ?? [])]);
  }

  /** The members of each segment, of all leads or some. */
  members(
    segments: OracleSegment[],
    now: number,
    among: Iterable<string> = this.ofLead.keys(),
  ): Map<string, Set<string>> {
    const members = new Map(segments.map(({ id }) => [id, new Set<string>()]));
    for (const leadId of among) {
      const facts = this.facts(leadId);
      for (const id of facts ? segmentsOf(facts, segments, now) : []) members.get(id)!.add(leadId);
    }
    return members;
  }
}

/** How a settled run differs from what it was sent. All are 0 when it is exact. */
export interface EndState {
  /** Leads that are members and should not be, or the other way around; counts that differ; events that do not add up. */
  readonly wrongMembers: number;
  readonly wrongCounts: number;
  readonly wrongEvents: number;
  /** Events that are not stored, leads that differ in an attribute or level, and messages that nobody will work on. */
  readonly lost: number;
  readonly memberships: number;
}

/** Compares a settled run with the oracle, from outside. */
export async function checkEndState(run: LocalRun, expectation: Expectation, now = Date.now()): Promise<EndState> {
  const segments = await segmentsIn(run);
  const expected = expectation.members(segments, now);
  const actual = new Map<string, Set<string>>();
  await mapConcurrently(segments, 2, async ({ id }) => {
    actual.set(id, await membersOf(run, id));
  });
  const active = segments.filter(({ active }) => active);
  const wrongCounts = active.filter(({ id, memberCount }) => memberCount !== actual.get(id)!.size).length;
  const wrongMembers = active.reduce((sum, { id }) => sum + differences(actual.get(id)!, expected.get(id)!), 0);
  return {
    wrongMembers,
    wrongCounts,
    wrongEvents: wrongEvents([...run.bus.heard.values()], actual),
    lost: (await run.messagesLeft()) + (await lostEvents(run, expectation)) + (await lostAttributes(run, expectation)),
    memberships: active.reduce((sum, { id }) => sum + actual.get(id)!.size, 0),
  };
}

/** A segment as the API shows it. */
type SegmentAnswer = OracleSegment & { readonly memberCount: number };

/** All segments with their rules. */
async function segmentsIn(run: LocalRun): Promise<SegmentAnswer[]> {
  const listed = await run.all('/segments', 'segments');
  return mapConcurrently(listed, 2, async ({ id }) => segmentOf(await run.api('GET', `/segments/${id}`)));
}

const segmentOf = ({ id, active, match, rules, memberCount }: Json): SegmentAnswer => ({
  id: String(id),
  active: active === true,
  match: match === 'any' ? 'any' : 'all',
  rules: rules as Json[],
  memberCount: Number(memberCount),
});

/** The members of a segment as the API lists them. */
export async function membersOf(run: LocalRun, segmentId: string): Promise<Set<string>> {
  const members = await run.all(`/segments/${segmentId}/members`, 'members');
  return new Set(members.map(({ leadId }) => String(leadId)));
}

/** How many are only in one of the two. */
export function differences(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return [...one].filter((entry) => !other.has(entry)).length + [...other].filter((entry) => !one.has(entry)).length;
}

/** Sequences with a gap, and leads that are members though their last event says otherwise, or the other way around. */
function wrongEvents(heard: readonly HeardEvent[], actual: ReadonlyMap<string, ReadonlySet<string>>): number {
  const last = new Map<string, { highest: number; count: number }>();
  for (const { segmentId, leadId, sequence } of heard) {
    const key = `${segmentId} ${leadId}`;
    const { highest = 0, count = 0 } = last.get(key) ?? {};
    last.set(key, { highest: Math.max(highest, sequence), count: count + 1 });
  }
  const inByEvents = new Map([...actual.keys()].map((id) => [id, new Set<string>()]));
  let gaps = 0;
  for (const [key, { highest, count }] of last) {
    const [segmentId = '', leadId = ''] = key.split(' ');
    if (highest !== count) gaps++;
    if (highest % 2 === 1) inByEvents.get(segmentId)?.add(leadId);
  }
  return [...actual].reduce((sum, [id, members]) => sum + differences(members, inByEvents.get(id)!), gaps);
}

async function lostEvents(run: LocalRun, expectation: Expectation): Promise<number> {
  const stored = new Set<string>();
  for (const eventType of eventTypes) for (const id of await run.eventIds(eventType)) stored.add(id);
  const sent = expectation.leadIds.flatMap((leadId) => expectation.facts(leadId)?.events ?? []);
  return sent.filter(({ id }) => !stored.has(id)).length;
}

async function lostAttributes(run: LocalRun, expectation: Expectation): Promise<number> {
  const leads = new Map((await run.all('/leads', 'leads')).map((lead) => [String(lead.leadId), lead]));
  return expectation.leadIds.filter((leadId) => {
    const { attributes = {}, engagementLevel, profileLevel } = leads.get(leadId) ?? {};
    const { attributes: known = new Map(), engagement, profile } = expectation.facts(leadId) ?? {};
    const expected = Object.fromEntries([...known].filter(([, value]) => value !== null));
    const isSame =
      textOf(attributes) === textOf(expected) && engagementLevel === engagement && profileLevel === profile;
    return !isSame;
  }).length;
}

const textOf = (record: unknown) => JSON.stringify(Object.entries(record as Json).sort(([a], [b]) => (a < b ? -1 : 1)));
