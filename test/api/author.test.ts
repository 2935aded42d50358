import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, test } from 'vitest';
import { authorOf } from '../../functions/api/author.ts';

const called = (authorizer?: unknown) => ({ requestContext: { authorizer } }) as unknown as APIGatewayProxyEventV2;

test.each([
  ['an IAM identity', { iam: { userArn: 'arn:aws:iam::123456789012:user/ada' } }, 'arn:aws:iam::123456789012:user/ada'],
  ['a token with an e-mail address', { jwt: { claims: { email: 'ada@example.com', sub: 's-1' } } }, 'ada@example.com'],
  ['a token without one', { jwt: { claims: { sub: 's-1' } } }, 's-1'],
  ['nobody who was asked', undefined, 'local'],
  ['an authorizer that says something else', { lambda: 7 }, 'local'],
])('%s is the author', (_, authorizer, expected) => {
  expect(authorOf(called(authorizer))).toBe(expected);
});
