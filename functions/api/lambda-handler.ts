import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { parseBody } from '../../shared/http/parse-body.ts';
import { textOfPart } from '../../shared/http/path-parts.ts';
import type { PlainAnswer } from '../../shared/http/route.ts';
import { routeAt } from '../../shared/http/routes.ts';
import { answerOnce, UnkeptAnswer } from './answer-once.ts';
import { answerProblems } from './answer-problems.ts';
import type { ApiRequest } from './api-request.ts';
import type { ApiWorld } from './api-world.ts';
import { authorOf } from './author.ts';
import { completeAnswer, withEtag } from './complete-answer.ts';
import { createApi } from './create-api.ts';
import { duringRequest } from './request-id.ts';
import { refuseUnrouted, routedEvent, withoutBodyOfHead } from './route-event.ts';

/** The API as Lambda calls it, behind API Gateway. */
export function createLambdaHandler(world: ApiWorld, options: Parameters<typeof createApi>[1] = {}) {
  const api = createApi(world, options);
  const answer = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Context>()
    .use(answerProblems(world))
    .handler(
      answerOnce(world.idempotency, async (event) => {
        refuseUnrouted(event);
        const given = await api(requestOf(event));
        const result = resultOf(await withEtag(routeAt(event.routeKey), given, event.headers['if-none-match']));
        if (given.isProvisional) throw new UnkeptAnswer(result);
        return result;
      }),
    );
  return (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> =>
    duringRequest(event.requestContext.requestId, async () => {
      const routed = routedEvent(event);
      return withoutBodyOfHead(event, completeAnswer(routed, await answer(routed, context)));
    });
}

function requestOf(event: APIGatewayProxyEventV2): ApiRequest {
  const body = event.isBase64Encoded && event.body ? Buffer.from(event.body, 'base64') : event.body;
  return {
    routeKey: event.routeKey,
    parameters: textsOf(event.pathParameters ?? {}),
    rawQuery: event.rawQueryString,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    author: authorOf(event),
    body: (whenMissing) => parseBody(body, whenMissing),
  };
}

function textsOf(parts: ApiRequest['parameters']): ApiRequest['parameters'] {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part && textOfPart(part)]));
}

function resultOf({ status, headers, body, file }: PlainAnswer): APIGatewayProxyStructuredResultV2 {
  if (file) {
    const encoded = Buffer.from(file).toString('base64');
    return { statusCode: status, headers: { ...headers }, body: encoded, isBase64Encoded: true };
  }
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
