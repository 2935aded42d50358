import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { cdk } from './synthesize.ts';

const recommendedFile = createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json');

it('decides every feature flag of the library by itself, so that no upgrade changes what is deployed', () => {
  const recommended = JSON.parse(readFileSync(recommendedFile, 'utf8')) as Record<string, unknown>;
  // A flag that is new with an upgrade is set to what it does if the template stays the same with it, and else to false.
  expect(Object.keys(recommended).filter((flag) => !(flag in cdk.context))).toEqual([]);
});
