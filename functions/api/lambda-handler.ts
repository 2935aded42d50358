import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { parseBody } from '../../shared/http/parse-body.ts';
import type { PlainAnswer } from '../../shared/http/route.ts';
import { answerOnce, UnkeptAnswer } from './answer-once.ts';
import { answerProblems } from './answer-problems.ts';
import type { ApiWorld } from './api-world.ts';
import { authorOf } from './author.ts';
import { type ApiRequest, createApi } from './create-api.ts';

/** The API as Lambda calls it, behind API Gateway. */
export function createLambdaHandler(world: ApiWorld, options: Parameters<typeof createApi>[1] = {}) {
  const api = createApi(world, options);
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Context>()
    .use(answerProblems())
    .handler(
      answerOnce(world.idempotency, async (event) => {
        const answer = await api(requestOf(event));
        if (answer.isProvisional) throw new UnkeptAnswer(resultOf(answer));
        return resultOf(answer);
      }),
    );
}

function requestOf(event: APIGatewayProxyEventV2): ApiRequest {
  const body = event.isBase64Encoded && event.body ? Buffer.from(event.body, 'base64') : event.body;
  return {
    routeKey: event.routeKey,
    parameters: event.pathParameters ?? {},
    rawQuery: event.rawQueryString,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    author: authorOf(event),
    body: (whenMissing) => parseBody(body, whenMissing),
  };
}

function resultOf({ status, headers, body, text }: PlainAnswer): APIGatewayProxyStructuredResultV2 {
  if (text !== undefined) return { statusCode: status, headers: { ...headers }, body: text };
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
