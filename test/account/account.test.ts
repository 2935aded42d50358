import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Account, asReadAccount, mergeAccountChange, unknownAccount } from '../../shared/account/account.ts';
import type { AccountChange } from '../../shared/lead/change.ts';

const change = (occurredAt: number, more: Partial<AccountChange> = {}): AccountChange => ({
  accountId: 'acme',
  occurredAt,
  ...more,
});
const merged = (...changes: AccountChange[]): Account => changes.reduce(mergeAccountChange, unknownAccount('acme'));

describe('an account', () => {
  test('takes the newest value of each attribute and of its level, whichever comes first', () => {
    const changes = [
      change(2, { attributes: { city: 'Ulm', size: 9 }, accountLevel: 'Target' }),
      change(1, { attributes: { city: 'Bonn', web: 'x.de' }, accountLevel: 'Standard' }),
    ];
    for (const order of [changes, [...changes].reverse()]) {
      expect(asReadAccount(merged(...order))).toMatchObject({
        accountId: 'acme',
        attributes: { city: 'Ulm', size: 9, web: 'x.de' },
        accountLevel: 'Target',
      });
    }
  });

  test('shows nothing of what was cleared, and does not let an older value back', () => {
    const cleared = merged(change(2, { attributes: { city: null }, accountLevel: null }));
    const late = mergeAccountChange(cleared, change(1, { attributes: { city: 'Ulm' }, accountLevel: 'Target' }));
    expect(late).toBe(cleared);
    expect(asReadAccount(late)).toMatchObject({ attributes: {} });
    expect(asReadAccount(late)).not.toHaveProperty('accountLevel');
  });

  test('has a new version for each change that it accepts, and only for those', () => {
    const first = merged(change(1, { attributes: { a: 1 } }));
    expect(first.version).toBe(1);
    expect(mergeAccountChange(first, change(1, { attributes: { a: 1 } }))).toBe(first);
    expect(mergeAccountChange(first, change(9))).toBe(first);
    expect(mergeAccountChange(first, change(9, { attributes: {} }))).toBe(first);
    expect(mergeAccountChange(first, change(2, { attributes: { a: 1 } })).version).toBe(2);
  });

  test('names the newest change it accepted as the cause', () => {
    const account = merged(
      change(3, { changeId: 'three', attributes: { a: 1 } }),
      change(2, { changeId: 'two', attributes: { b: 1 } }),
    );
    expect(account.cause).toEqual({
      kind: 'account_change',
      changeId: 'three',
      occurredAt: new Date(3).toISOString(),
    });
  });

  test('has attributes of any name', () => {
    const attributes = JSON.parse('{"__proto__": "p", "constructor": "c"}');
    const account: Account = JSON.parse(JSON.stringify(merged(change(1, { attributes }))));
    expect(Object.entries(asReadAccount(account).attributes)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect(mergeAccountChange(account, change(1, { attributes }))).toBe(account);
  });

  const anyChange = fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(null, 'x', 'y', 1, true)),
      fc.option(fc.constantFrom('Target', 'Standard', null), { nil: undefined }),
    )
    .map(([at, attributes, accountLevel]) =>
      change(at, { attributes, ...(accountLevel !== undefined && { accountLevel }) }),
    );

  test('ends the same in any order and with any repetition', () => {
    const shuffles = fc
      .array(anyChange, { maxLength: 8 })
      .chain((changes) =>
        fc.tuple(
          fc.constant(changes),
          fc.shuffledSubarray([...changes, ...changes], { minLength: changes.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(shuffles, ([changes, twice]) => {
        const { version: _one, cause: _cause, ...once } = asReadAccount(merged(...changes));
        const { version: _other, cause: _otherCause, ...again } = asReadAccount(merged(...twice));
        expect(again).toEqual(once);
      }),
    );
  });
});
