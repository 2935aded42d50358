import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { parseBody } from '../../shared/http/parse-body.ts';
import { answerOnce } from './answer-once.ts';
import { answerProblems } from './answer-problems.ts';
import { authorOf } from './author.ts';
import { dispatch } from './dispatch.ts';
import type { ApiRequest, ApiResponse } from './route.ts';

/** Wakes on every request of the HTTP API. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Context>()
  .use(answerProblems())
  .handler(
    answerOnce(async (event) => resultOf(await dispatch(event.routeKey, event.rawQueryString, requestOf(event)))),
  );

function requestOf(event: APIGatewayProxyEventV2): ApiRequest {
  const body = event.isBase64Encoded && event.body ? Buffer.from(event.body, 'base64') : event.body;
  return {
    parameters: (event.pathParameters ?? {}) as Record<string, string>,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    author: authorOf(event),
    body: (whenMissing) => parseBody(body, whenMissing),
  };
}

function resultOf({ status, headers, body, text }: ApiResponse): APIGatewayProxyStructuredResultV2 {
  if (text !== undefined) return { statusCode: status, headers: { ...headers }, body: text };
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
