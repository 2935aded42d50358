import type { Value } from '../rule/value.ts';
import type { LeadChange, LevelChange, ProfileChange } from './change.ts';
import {
  type AccountCopy,
  attributeSetAt,
  type Cause,
  type Dated,
  type LeadDocument,
  own,
  put,
} from './lead-document.ts';
import { type Slot, slotReader } from './slot.ts';

/** A document after changes. */
interface Merged {
  readonly document: LeadDocument;
  /**
   * The slots whose value is another than before, each with the newest cause. Not those whose value was only repeated, by
   * one change or by several that cancel each other out: in any order of the changes, these are the same.
   */
  readonly touched: ReadonlyMap<Slot, Cause>;
}

/** An account as a worker read it, with the change that last changed it. */
export interface ReadAccount extends AccountCopy {
  readonly cause: Cause;
}

/**
 * Merges profile and level changes, event types and the account's copy into a document: last writer wins per attribute,
 * level and link, ties broken by value, so any order and any repetition of the same changes end alike. `accounts`: what
 * was read for accounts the lead links to now or after the changes. Event state is merged by `KnownEvents`, which knows
 * the catalog.
 */
export function mergeChanges(
  before: LeadDocument,
  changes: readonly LeadChange[],
  accounts: ReadonlyMap<string, ReadAccount>,
): Merged {
  const accepted = new Map<Slot, Cause>();
  // Whoever hears of a deleted lead again begins with what its deletion left.
  const { isDeleted: _wasDeleted, ...again } = before;
  let document: LeadDocument = before.isDeleted && changes.length > 0 ? again : before;
  let linkCause: Cause | undefined;
  for (const change of changes) {
    const cause = causeOf(change);
    const accept: Accept = (slot) => {
      const earlier = accepted.get(slot);
      if (!earlier || earlier.occurredAt <= cause.occurredAt) accepted.set(slot, cause);
    };
    if (change.kind === 'profile_change') {
      const link = document.accountLink;
      document = mergeProfile(document, change, accept);
      if (document.accountLink !== link) linkCause = cause;
    } else if (change.kind === 'level_change') document = mergeLevels(document, change, accept);
    else if (!document.eventTypes.includes(change.eventType)) {
      document = { ...document, eventTypes: [...document.eventTypes, change.eventType].sort() };
    }
  }
  const touched = new Map([...accepted].filter(([slot]) => isDifferent(slotReader(slot), before, document)));
  document = mergeAccount(document, accounts, linkCause, (slot, cause) => touched.set(slot, cause));
  return { document, touched };
}

/** Told of each slot for which a value was accepted. */
type Accept = (slot: Slot) => void;

function isDifferent(valueIn: ReturnType<typeof slotReader>, before: LeadDocument, after: LeadDocument): boolean {
  // Cleared or never there is the same to every rule.
  return !isSameValue(valueIn(before) ?? null, valueIn(after) ?? null);
}

/** A change as the cause of a transition. */
export function causeOf(change: LeadChange): Cause {
  const changeId = change.kind === 'lead_event' ? change.eventId : change.changeId;
  return {
    kind: change.kind,
    ...(changeId !== undefined && { changeId }),
    occurredAt: new Date(change.occurredAt).toISOString(),
  };
}

/** Whether a value set at that moment wins over the one that is there. */
export function wins(value: unknown, setAt: number, current: unknown, currentSetAt: number | undefined): boolean {
  if (currentSetAt === undefined || setAt !== currentSetAt) return currentSetAt === undefined || setAt > currentSetAt;
  return JSON.stringify(value) > JSON.stringify(current);
}

function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && JSON.stringify(a) === JSON.stringify(b));
}

function mergeProfile(before: LeadDocument, change: ProfileChange, accept: Accept): LeadDocument {
  let document = before;
  if (change.accountId !== undefined) {
    const accountLink = mergeDated(before.accountLink, change.accountId, change.occurredAt);
    if (accountLink !== before.accountLink) document = { ...document, accountLink };
  }
  const accepted = Object.entries(change.attributes ?? {}).filter(([name, value]) =>
    wins(value, change.occurredAt, own(before.attributes, name), attributeSetAt(before, name)),
  );
  if (accepted.length === 0) return document;
  const attributes = { ...document.attributes };
  const setAt = { ...document.setAt };
  const isFirst = Object.keys(attributes).length === 0;
  const attributesSetAt = isFirst ? change.occurredAt : document.attributesSetAt;
  for (const [name, value] of accepted) {
    put(attributes, name, value);
    if (change.occurredAt !== attributesSetAt) put(setAt, name, change.occurredAt);
    else if (Object.hasOwn(setAt, name)) delete setAt[name];
    accept(`lead:${name}`);
  }
  return compactSetAt({ ...document, attributes, setAt, attributesSetAt });
}

/** When most attributes were set at another moment than the document's common one, that moment becomes the common one. */
function compactSetAt(document: LeadDocument): LeadDocument {
  const names = Object.keys(document.attributes);
  if (Object.keys(document.setAt).length * 2 <= names.length) return document;
  const counts = new Map<number, number>();
  let common = document.attributesSetAt;
  for (const name of names) {
    const moment = attributeSetAt(document, name) ?? 0;
    const count = (counts.get(moment) ?? 0) + 1;
    counts.set(moment, count);
    if (count > (counts.get(common) ?? 0)) common = moment;
  }
  if (common === document.attributesSetAt) return document;
  const setAt: Record<string, number> = {};
  for (const name of names) {
    const moment = attributeSetAt(document, name) ?? 0;
    if (moment !== common) put(setAt, name, moment);
  }
  return { ...document, setAt, attributesSetAt: common };
}

function mergeLevels(before: LeadDocument, change: LevelChange, accept: Accept): LeadDocument {
  let document = before;
  if (change.engagementLevel !== undefined) {
    const engagementLevel = mergeDated(before.engagementLevel, change.engagementLevel, change.occurredAt);
    if (engagementLevel !== before.engagementLevel) {
      document = { ...document, engagementLevel };
      accept('engagement_level');
    }
  }
  if (change.profileLevel !== undefined) {
    const profileLevel = mergeDated(before.profileLevel, change.profileLevel, change.occurredAt);
    if (profileLevel !== before.profileLevel) {
      document = { ...document, profileLevel };
      accept('profile_level');
    }
  }
  return document;
}

function mergeDated(current: Dated<string> | undefined, value: string | null, setAt: number): Dated<string> {
  return !current || wins(value, setAt, current[0], current[1]) ? [value, setAt] : current;
}

const unknownCause: Cause = { kind: 'account_change', occurredAt: new Date(0).toISOString() };

function mergeAccount(
  document: LeadDocument,
  accounts: ReadonlyMap<string, ReadAccount>,
  linkCause: Cause | undefined,
  touch: (slot: Slot, cause: Cause) => void,
): LeadDocument {
  const accountId = document.accountLink?.[0] ?? undefined;
  const before = document.account;
  if (accountId === undefined) {
    if (!before) return document;
    const { account: _left, ...rest } = document;
    touchDifferences(before, undefined, linkCause ?? unknownCause, touch);
    return rest;
  }
  const isSameAccount = before?.accountId === accountId;
  const read = accounts.get(accountId);
  if (isSameAccount && (!read || read.version <= before.version)) return document;
  const { cause: accountCause, ...copy } = read ?? { accountId, version: 0, attributes: {}, cause: linkCause };
  // A link only changes with a change, and an account only has a newer version with its cause.
  const cause = (isSameAccount ? accountCause : linkCause) ?? unknownCause;
  touchDifferences(before, copy, cause, touch);
  return { ...document, account: copy };
}

function touchDifferences(
  before: AccountCopy | undefined,
  after: AccountCopy | undefined,
  cause: Cause,
  touch: (slot: Slot, cause: Cause) => void,
): void {
  const oldAttributes: Readonly<Record<string, Value>> = before?.attributes ?? {};
  const newAttributes: Readonly<Record<string, Value>> = after?.attributes ?? {};
  for (const name of new Set([...Object.keys(oldAttributes), ...Object.keys(newAttributes)])) {
    if (!isSameValue(own(oldAttributes, name), own(newAttributes, name))) touch(`account:${name}`, cause);
  }
  if (before?.accountLevel !== after?.accountLevel) touch('account_level', cause);
}
