import { describe, expect, test } from 'vitest';
import { removals } from './removals.ts';
import { tryRemoval } from './try-removal.ts';

/** Far more than any takes, so that no change elsewhere makes it a matter of luck. */
const most = 1_500;

describe('the simulator bites: with a protective step taken away it finds what goes wrong', () => {
  test.each(removals.map((removal) => [removal.name, removal] as const))('%s', { timeout: 900_000 }, async (_, it) => {
    expect(await tryRemoval(it, most, it.seed)).toMatchObject({ error: expect.any(String) });
  });
});
