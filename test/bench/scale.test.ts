import { beforeAll, describe, expect, test } from 'vitest';
import { acceptAtScale, type ScaleShown } from '../../bench/scale.ts';

describe('segments over many leads: created, edited, saved again in the middle, killed, paused and resumed', () => {
  let shown: ScaleShown;
  beforeAll(async () => {
    shown = await acceptAtScale({ leads: 250, events: 2_500 });
  }, 900_000);

  test('have the members, counts, numbers and history that the oracle expects after each step', () => {
    const wrong = shown.results.filter((result) => result.wrong > 0);
    expect(wrong).toEqual([]);
  });

  test('tell the bus of the differences, no more and no less', () => {
    const untrue = shown.results.filter(({ missingEvents, unexpectedEvents }) => missingEvents + unexpectedEvents > 0);
    expect(untrue).toEqual([]);
  });

  test('did move leads in both directions', () => {
    const moved = shown.results.filter(({ entered, exited }) => entered > 0 && exited > 0);
    expect(moved.map(({ step }) => step)).toEqual(
      expect.arrayContaining([
        'edit one',
        'save again in the middle',
        'kill everything in the middle, restart',
        'resume it',
      ]),
    );
  });
});
