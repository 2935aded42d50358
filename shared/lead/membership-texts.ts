import { type EntryText, entryKey, entryOf, readEntries, writeEntries } from './entry-text.ts';
import { newestFirst, type SeenEvent } from './event-order.ts';
import type {
  Cause,
  EventState,
  LeadDocument,
  MembershipSource,
  MembershipState,
  TransitionReason,
} from './lead-document.ts';
import type { ManualChange } from './manual-change.ts';

/** The segments a lead is or was in, and what people last changed there. */
export type LeadMemberships = Pick<LeadDocument, 'memberships' | 'manualChanges'>;

// A manual change is beside the membership it is about; segment ids do not begin with @.
const manualName = (segmentId: string) => `@${segmentId}`;

/** The same as one text. */
export function membershipsText({ memberships, manualChanges = {} }: LeadMemberships): EntryText {
  return writeEntries([
    ...Object.entries(memberships).map(([segmentId, state]) => [segmentId, membershipText(state)] as const),
    ...Object.entries(manualChanges).map(([segmentId, manual]) => [manualName(segmentId), manual] as const),
  ]);
}

/** All that the text says. */
export function readMembershipsText(text: EntryText): LeadMemberships {
  const memberships: Record<string, MembershipState> = {};
  const manualChanges: Record<string, ManualChange> = {};
  readEntries<string & ManualChange>(text, (name, value) => {
    if (name.startsWith('@')) manualChanges[name.slice(1)] = value;
    else memberships[name] = membershipOf(value);
  });
  return { memberships, ...(Object.keys(manualChanges).length > 0 && { manualChanges }) };
}

/** A reader of just those segments. */
export function membershipsTextReader(segmentIds: readonly string[]): (text: EntryText) => LeadMemberships {
  const fields = segmentIds.map((id) => ({ id, key: entryKey(id), manualKey: entryKey(manualName(id)) }));
  return (text) => {
    const memberships: Record<string, MembershipState> = {};
    const manualChanges: Record<string, ManualChange> = {};
    for (const { id, key, manualKey } of fields) {
      const state = entryOf<string>(text, key);
      const manual = entryOf<ManualChange>(text, manualKey);
      if (state !== undefined) memberships[id] = membershipOf(state);
      if (manual !== undefined) manualChanges[id] = manual;
    }
    return { memberships, manualChanges };
  };
}

/** One membership as words with spaces between, none of which has a space: sequence, since, source, reason, … */
function membershipText({ sequence, since, source, reason, revision, cause, silent }: MembershipState): string {
  const words = [sequence, since, source, reason, revision, cause.kind, cause.occurredAt];
  return [...words, cause.changeId ?? '', ...(silent ? ['silent'] : [])].join(' ').trimEnd();
}

function membershipOf(text: string): MembershipState {
  const [sequence, since, source, reason, revision, kind, occurredAt = '', changeId = '', silent] = text.split(' ');
  return {
    sequence: Number(sequence),
    since: Number(since),
    source: source as MembershipSource,
    reason: reason as TransitionReason,
    cause: { kind: kind as Cause['kind'], ...(changeId !== '' && { changeId }), occurredAt },
    revision: Number(revision),
    ...(silent === 'silent' && { silent: true }),
  };
}

/** The state of event conditions, as one text: `n`, then the moment and id of each event. */
export function eventsText(events: LeadDocument['events']): EntryText {
  return writeEntries(
    Object.entries(events).map(([id, { n, newest }]) => [id, [n, ...newest.flat()].join(' ')] as const),
  );
}

/** The state of every condition in the text. */
export function readEventsText(text: EntryText): LeadDocument['events'] {
  const events: Record<string, EventState> = {};
  readEntries<string>(text, (id, value) => {
    events[id] = eventStateOf(value);
  });
  return events;
}

/** A reader of the state of just those conditions. */
export function eventsTextReader(conditionIds: readonly string[]): (text: EntryText) => LeadDocument['events'] {
  const fields = conditionIds.map((id) => ({ id, key: entryKey(id) }));
  return (text) => {
    const events: Record<string, EventState> = {};
    for (const { id, key } of fields) {
      const value = entryOf<string>(text, key);
      if (value !== undefined) events[id] = eventStateOf(value);
    }
    return events;
  };
}

function eventStateOf(text: string): EventState {
  const [n, ...words] = text.split(' ');
  const newest: SeenEvent[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) newest.push([Number(words[index]), words[index + 1]!]);
  return { n: Number(n), newest: newestFirst(newest) };
}
