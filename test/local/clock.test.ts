import { describe, expect, it } from 'vitest';
import { Clock } from '../../local/clock.ts';

const day = 86_400_000;

describe('the clock of a local run', () => {
  it('is the machine’s until it is moved, and goes on from there', () => {
    const clock = new Clock();
    const before = Date.now();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    expect(clock.now()).toBeLessThanOrEqual(Date.now());
    clock.advance(7 * day);
    clock.advance(1);
    expect(clock.now()).toBeGreaterThanOrEqual(before + 7 * day + 1);
    expect(clock.now()).toBeLessThanOrEqual(Date.now() + 7 * day + 1);
  });

  it('moves only by jumps while it is held, and never back when it is released', async () => {
    const clock = new Clock();
    clock.advance(day);
    clock.hold();
    const held = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(clock.now()).toBe(held);
    clock.advance(5);
    expect(clock.now()).toBe(held + 5);
    clock.release();
    expect(clock.now()).toBeGreaterThanOrEqual(held + 5);
    await expect.poll(() => clock.now(), { interval: 5 }).toBeGreaterThan(held + 5);
  });

  it('tells of jumps until one does not want to know', () => {
    const clock = new Clock();
    const heard: number[] = [];
    clock.hold();
    const start = clock.now();
    const stop = clock.onAdvance(() => heard.push(clock.now() - start));
    clock.advance(3);
    clock.advance(0);
    stop();
    clock.advance(9);
    expect(heard).toEqual([3, 3]);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('does not move by %d', (ms) => {
    expect(() => new Clock().advance(ms)).toThrow('forward');
  });
});
