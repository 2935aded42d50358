import { describe, expect, it } from 'vitest';
import { traceOfInvocation } from '../../../local/lambda/lineage.ts';

/** The trace of the last of so many invocations that each cause the next. */
function chainOf(times: number, mayFeedItself = false): string {
  let trace: string | undefined;
  for (let time = 0; time < times; time++) trace = traceOfInvocation('jobs', [trace], mayFeedItself);
  return trace!;
}

describe('a function that feeds itself', () => {
  it('is stopped after 16 invocations', () => {
    expect(chainOf(16)).toBe('Lineage=jobs:16');
    expect(() => chainOf(17)).toThrow('jobs feeds itself: Lambda stops it after 16 times');
  });

  it('goes on if the template allows it', () => {
    expect(chainOf(17, true)).toBe('Lineage=jobs:17');
  });

  it('is counted through others, and by the longest chain of a batch', () => {
    const through = traceOfInvocation('levels', [chainOf(3)], false);
    expect(traceOfInvocation('jobs', [undefined, 'Root=1-2;Sampled=0', through, chainOf(1)], false)).toBe(
      'Lineage=jobs:4|levels:1',
    );
  });
});
