import { expect, it } from 'vitest';
import { resolveDynamicReference } from '../../../local/template/dynamic-references.ts';

const secret = (name: string) =>
  `{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}:SecretString:::}}`;

it('makes of a secret the same value each time, another for another one', () => {
  const value = resolveDynamicReference(secret('HashKey'), 'Api');
  expect(value).toMatch(/^[\da-f]{64}$/);
  expect(resolveDynamicReference(secret('HashKey'), 'Api')).toBe(value);
  expect(resolveDynamicReference(secret('Other'), 'Api')).not.toBe(value);
});

it('leaves other values alone, and refuses what it does not know', () => {
  expect(resolveDynamicReference('Leads', 'Api')).toBe('Leads');
  expect(() => resolveDynamicReference('{{resolve:ssm:/name}}', 'Api')).toThrow('Api: the local run cannot resolve');
});
