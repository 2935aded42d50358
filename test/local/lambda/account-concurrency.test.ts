import { describe, expect, it } from 'vitest';
import { AccountConcurrency, ThrottledError, untilThereIsRoom } from '../../../local/lambda/account-concurrency.ts';

describe('the concurrency of an account', () => {
  it('has room for so many invocations at once, whatever the function', () => {
    const account = new AccountConcurrency(2);
    const giveBack = account.take();
    account.take();
    expect(() => account.take()).toThrow(ThrottledError);
    giveBack();
    expect(() => account.take()).not.toThrow();
    expect(account.throttles).toBe(1);
  });
});

describe('whoever may wait for room', () => {
  const throttledTimes = (times: number) => {
    let left = times;
    return async () => {
      if (left-- > 0) throw new ThrottledError();
      return 'done';
    };
  };

  it('is invoked once there is some', async () => {
    expect(await untilThereIsRoom(throttledTimes(2), { patienceMs: 5_000 })).toBe('done');
  });

  it('gives up after a while', async () => {
    await expect(untilThereIsRoom(throttledTimes(99), { patienceMs: 0 })).rejects.toThrow('Rate Exceeded.');
  });

  it('is told at once of any other failure', async () => {
    const invoke = () => Promise.reject(new Error('broken'));
    await expect(untilThereIsRoom(invoke, { patienceMs: 5_000 })).rejects.toThrow('broken');
  });
});
