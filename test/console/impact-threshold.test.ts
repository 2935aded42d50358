import { describe, expect, it } from 'vitest';
import type { DryRunAnswer } from '../../console/api/answers.ts';
import { isWorthAsking, movesOf } from '../../console/drafts/impact-threshold.ts';

const effect = (entering: number, leaving: number, name = 'Own') => ({ name, entering, leaving });
const found = (...effects: DryRunAnswer['effects']): DryRunAnswer => ({
  dryRun: true,
  segment: { name: 'Own' } as DryRunAnswer['segment'],
  changes: [],
  events: [],
  recalculates: true,
  effects,
  leads: 3_000,
  exact: true,
});
const usual = { leads: 100, percent: 10 };

describe('a save is worth a question', () => {
  it.each([
    ['nobody moves', found(effect(0, 0)), 15, false],
    ['a tenth of the members leave', found(effect(0, 2)), 20, true],
    ['less than a tenth move', found(effect(1, 0)), 20, false],
    ['the first few enter an empty segment', found(effect(99, 0)), 0, false],
    ['a hundred enter it', found(effect(100, 0)), 0, true],
    ['a hundred move, in all segments together', found(effect(0, 10), effect(40, 50, 'Other')), 5_000, true],
    ['not all leads were counted', { ...found(effect(0, 0)), exact: false }, 5_000, true],
  ])('when %s: %#', (_, answer, members, expected) => {
    expect(isWorthAsking(answer, members, usual)).toBe(expected);
  });

  it('of which each segment has its part', () => {
    const answer = found(effect(12, 321), effect(4, 0, 'A'), effect(0, 90, 'B'));
    expect(movesOf(answer)).toEqual({
      own: { entering: 12, leaving: 321 },
      others: { entering: 4, leaving: 90 },
      otherNames: ['A', 'B'],
    });
  });
});
