import { type EntryText, entryKey, entryOf, readEntries, writeEntries } from './entry-text.ts';
import { newestFirst, type SeenEvent } from './event-order.ts';
import type { HandAct } from './hand-act.ts';
import type {
  Cause,
  EventState,
  LeadDocument,
  MembershipSource,
  MembershipState,
  TransitionReason,
} from './lead-document.ts';

/** Where a document stands in segments. */
export type LeadStanding = Pick<LeadDocument, 'memberships' | 'byHand'>;

// An act by hand is beside the membership it is about; segment ids do not begin with @.
const actName = (segmentId: string) => `@${segmentId}`;

/** Where the lead stands in segments, as one text. */
export function standingText({ memberships, byHand = {} }: LeadStanding): EntryText {
  return writeEntries([
    ...Object.entries(memberships).map(([segmentId, state]) => [segmentId, membershipText(state)] as const),
    ...Object.entries(byHand).map(([segmentId, act]) => [actName(segmentId), act] as const),
  ]);
}

/** All that the text says. */
export function readStandingText(text: EntryText): LeadStanding {
  const memberships: Record<string, MembershipState> = {};
  const byHand: Record<string, HandAct> = {};
  readEntries<string & HandAct>(text, (name, value) => {
    if (name.startsWith('@')) byHand[name.slice(1)] = value;
    else memberships[name] = membershipOf(value);
  });
  return { memberships, ...(Object.keys(byHand).length > 0 && { byHand }) };
}

/** A reader of just those segments. */
export function standingTextReader(segmentIds: readonly string[]): (text: EntryText) => LeadStanding {
  const fields = segmentIds.map((id) => ({ id, key: entryKey(id), actKey: entryKey(actName(id)) }));
  return (text) => {
    const memberships: Record<string, MembershipState> = {};
    const byHand: Record<string, HandAct> = {};
    for (const { id, key, actKey } of fields) {
      const state = entryOf<string>(text, key);
      const act = entryOf<HandAct>(text, actKey);
      if (state !== undefined) memberships[id] = membershipOf(state);
      if (act !== undefined) byHand[id] = act;
    }
    return { memberships, byHand };
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
