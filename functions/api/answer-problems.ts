import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { MethodNotAllowed, Problem } from '../../shared/problem/problem.ts';
import { retryAfterSeconds } from '../../shared/problem/problem-codes.ts';
import type { ApiWorld } from './api-world.ts';

/** Answers errors as `application/problem+json`: known ones as they are, unknown ones logged whole and told nothing of. */
export function answerProblems({
  note,
}: Pick<ApiWorld, 'note'>): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error> {
  return {
    onError: (request) => {
      const { error, event } = request;
      if (!(error instanceof Problem)) note(`${event.routeKey} failed`, error);
      const problem =
        error instanceof Problem ? error : new Problem(500, 'internal', 'Something went wrong; it has been logged');
      const wait = problem.retryAfterSeconds ?? retryAfterSeconds[problem.code];
      request.response = {
        statusCode: problem.status,
        headers: {
          'content-type': 'application/problem+json',
          ...(wait !== undefined && { 'retry-after': String(wait) }),
          ...(problem instanceof MethodNotAllowed && { allow: problem.methods.join(', ') }),
        },
        body: JSON.stringify({ ...problem.toJSON(), requestId: event.requestContext.requestId }),
      };
    },
  };
}
