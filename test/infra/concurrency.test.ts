import { describe, expect, it } from 'vitest';
import { resourcesOf, synthesize } from './synthesize.ts';

/** The maximum concurrency of each function that queues wake, by its name; of several queues, all together. */
function maximumsOf(context: Record<string, string>): Record<string, number> {
  const maximums: Record<string, number> = {};
  for (const { Properties } of resourcesOf(synthesize(context), 'AWS::Lambda::EventSourceMapping').values()) {
    const { FunctionName, ScalingConfig, StartingPosition } = Properties as {
      FunctionName: { Ref: string };
      ScalingConfig?: { MaximumConcurrency: number };
      StartingPosition?: string;
    };
    if (StartingPosition !== undefined) continue;
    const name = FunctionName.Ref.replace(/Function[0-9A-F]{8}$/, '');
    maximums[name] = (maximums[name] ?? 0) + (ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY);
  }
  return maximums;
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('the maximum concurrency of queues', () => {
  it('is the least there is for each in a new account: a flood in two of them leaves more than half of it', () => {
    const { Jobs, ...others } = maximumsOf({});
    expect(new Set(Object.values(others))).toEqual(new Set([2]));
    expect(Jobs).toBeLessThanOrEqual(6);
  });

  it.each(['1000', '5000', '200'])(
    'leaves a quarter of %s to API, streams and schedules, whatever is flooded',
    (account) => {
      const maximums = Object.values(maximumsOf({ accountConcurrency: account }));
      expect(sum(maximums)).toBeLessThanOrEqual(0.75 * Number(account));
      expect(sum(maximums)).toBeGreaterThan(0.5 * Number(account));
    },
  );

  it('can be chosen for each', () => {
    const maximums = maximumsOf({ accountConcurrency: '1000', maxConcurrency: 'leadEvents=300,dueLeads=2' });
    expect(maximums).toMatchObject({ LeadEvents: 300, DueLeads: 2, LevelChanges: 100 });
  });

  it.each([
    [{ accountConcurrency: 'many' }, /"accountConcurrency" must be a whole number from 10/],
    [{ accountConcurrency: '5' }, /"accountConcurrency" must be/],
    [{ maxConcurrency: 'leadEvents=1' }, /"maxConcurrency=leadEvents" must be a whole number from 2 to 1000/],
    [{ maxConcurrency: 'leadEvents' }, /"maxConcurrency=leadEvents" must be/],
    [{ maxConcurrency: 'leads=5' }, /"maxConcurrency" names profileChanges, .*, not "leads"/],
  ])('is not %j', (context, message) => {
    expect(() => synthesize(context)).toThrow(message);
  });
});
