import type { AccountChange } from '../lead/change.ts';
import { type Cause, type Dated, own, put } from '../lead/lead-document.ts';
import { type ReadAccount, wins } from '../lead/merge-changes.ts';
import type { Value } from '../rule/value.ts';

/** A company as stored: each attribute and the level with the moment (epoch ms) of the change that set it. */
export interface Account {
  readonly accountId: string;
  /** Grows with each write; 0 is an account that is not stored yet. */
  readonly version: number;
  readonly attributes: Readonly<Record<string, readonly [value: Value | null, setAt: number]>>;
  readonly accountLevel?: Dated<string>;
  readonly cause: Cause;
}

/** An account of which nothing is known yet. */
export function unknownAccount(accountId: string): Account {
  const cause: Cause = { kind: 'account_change', occurredAt: new Date(0).toISOString() };
  return { accountId, version: 0, attributes: {}, cause };
}

/** Merges a change, last writer wins per attribute and level. Returns the same object when nothing was accepted. */
export function mergeAccountChange(before: Account, change: AccountChange): Account {
  const accepted = Object.entries(change.attributes ?? {}).filter(([name, value]) => {
    const current = own(before.attributes, name);
    return wins(value, change.occurredAt, current?.[0], current?.[1]);
  });
  const level = change.accountLevel;
  const current = before.accountLevel;
  const acceptsLevel = level !== undefined && wins(level, change.occurredAt, current?.[0], current?.[1]);
  if (accepted.length === 0 && !acceptsLevel) return before;
  const attributes = { ...before.attributes };
  for (const [name, value] of accepted) put(attributes, name, [value, change.occurredAt]);
  const cause: Cause = {
    kind: 'account_change',
    ...(change.changeId !== undefined && { changeId: change.changeId }),
    occurredAt: new Date(change.occurredAt).toISOString(),
  };
  const newest = before.cause.occurredAt > cause.occurredAt ? before.cause : cause;
  return {
    ...before,
    version: before.version + 1,
    attributes,
    ...(acceptsLevel && { accountLevel: [level, change.occurredAt] }),
    cause: newest,
  };
}

/** The account as leads copy it: current values only. */
export function asReadAccount(account: Account): ReadAccount {
  const attributes: Record<string, Value> = {};
  for (const [name, [value]] of Object.entries(account.attributes)) if (value !== null) put(attributes, name, value);
  const level = account.accountLevel?.[0] ?? undefined;
  return {
    accountId: account.accountId,
    version: account.version,
    attributes,
    ...(level !== undefined && { accountLevel: level }),
    cause: account.cause,
  };
}
