import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Context, Hono } from 'hono';
import { BodyTooLargeError, readBody } from '../aws/http-server.ts';
import { Clock } from '../clock.ts';
import { ThrottledError } from '../lambda/account-concurrency.ts';
import { type LocalFunction, maximumPayloadBytes } from '../lambda/local-function.ts';
import type { Log } from '../log.ts';
import { accountId } from '../template/resources.ts';
import { type Cors, corsOf } from './http-cors.ts';
import { addRoutes, type Route } from './http-routes.ts';

/** What answers a route. */
type Target = Pick<LocalFunction, 'invoke'>;

/** An HTTP API of the template. */
export interface HttpApi {
  id: string;
  routes: Array<Route<Target>>;
  cors: Cors | undefined;
}

const bodyLimitBytes = 10 * 1024 * 1024;

type Gateway = { Bindings: HttpBindings; Variables: { requestId: string } };

/** Answers HTTP as API Gateway does: routes, payload format 2.0, CORS, and its own errors. */
export function serveHttpApi(api: HttpApi, log: Log, clock = new Clock()): RequestListener {
  // Encoded again, because hono decodes the parameters that it finds in a path.
  const app = new Hono<Gateway>({
    getPath: (_request, { env } = {}) =>
      splitUrl(env?.incoming.url).rawPath.split('/').map(encodeURIComponent).join('/'),
  });
  app.use(async (context, next) => {
    context.set('requestId', randomUUID());
    await next();
    context.header('apigw-requestid', context.get('requestId'));
  });
  if (api.cors) app.use(corsOf(api.cors));
  addRoutes(app, api.routes, async (context, route) =>
    toResponse(api, await answer(api, route, context, new Date(clock.now()))),
  );
  app.notFound(() => toResponse(api, message(404, 'Not Found')));
  app.onError((error) => {
    log.error(`HTTP API: ${error.stack ?? error}`);
    return toResponse(api, message(500, 'Internal Server Error'));
  });
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

async function answer(
  api: HttpApi,
  route: Route<Target>,
  context: Context<Gateway>,
  receivedAt: Date,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { incoming } = context.env;
  let body: Buffer;
  try {
    body = await readBody(incoming, bodyLimitBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) return message(413, 'Request Entity Too Large');
    throw error;
  }
  const pathParameters: Record<string, string> = context.req.param();
  const requestId = context.get('requestId');
  const event = JSON.stringify(toEvent(api, incoming, { body, receivedAt, route, pathParameters, requestId }));
  if (Buffer.byteLength(event) > maximumPayloadBytes) return message(413, 'Request Entity Too Large');
  let result: unknown;
  try {
    result = await route.target.invoke(event);
  } catch (error) {
    if (error instanceof ThrottledError) return message(503, 'Service Unavailable');
    // The function has logged its failure by itself; the client learns nothing of it, as on AWS.
    return message(500, 'Internal Server Error');
  }
  return toAnswer(result);
}

/** The event of payload format 2.0. */
function toEvent(
  api: HttpApi,
  request: IncomingMessage,
  call: {
    body: Buffer;
    receivedAt: Date;
    route: Route<Target>;
    pathParameters: Record<string, string>;
    requestId: string;
  },
): APIGatewayProxyEventV2 {
  const { body, receivedAt, route, pathParameters, requestId } = call;
  const { rawPath, rawQueryString } = splitUrl(request.url);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'cookie' && value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query.set(name, query.has(name) ? `${query.get(name)},${value}` : value);
  }
  const cookies = request.headers.cookie?.split('; ');
  const binary = body.length > 0 && !isText(body, request.headers['content-type']);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString,
    ...(cookies && { cookies }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId,
      apiId: api.id,
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: 'localhost',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.key,
      stage: '$default',
      time: commonLogTime(receivedAt),
      timeEpoch: receivedAt.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(binary ? 'base64' : 'utf8') }),
    isBase64Encoded: binary,
  };
}

/** `23/Nov/2026:01:54:45 +0000` */
function commonLogTime(moment: Date): string {
  const [, day, month, year, time] = moment.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** A result without a status is a body with status 200, as payload format 2.0 has it. */
function toAnswer(result: unknown): APIGatewayProxyStructuredResultV2 {
  if (typeof result === 'object' && result !== null && 'statusCode' in result) {
    const answer = result as APIGatewayProxyStructuredResultV2;
    if (Number.isInteger(Number(answer.statusCode))) return answer;
    return message(500, 'Internal Server Error');
  }
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
}

function toResponse(api: HttpApi, result: APIGatewayProxyStructuredResultV2): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    // API Gateway's own CORS answer replaces what a function says about CORS.
    if (!api.cors || !name.toLowerCase().startsWith('access-control-')) headers.set(name, String(value));
  }
  headers.delete('content-length');
  for (const cookie of result.cookies ?? []) headers.append('set-cookie', cookie);
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > 0 && !headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8');
  const status = Number(result.statusCode ?? 200);
  const hasBody = body.length > 0 && ![204, 205, 304].includes(status);
  return new Response(hasBody ? body : null, { status, headers });
}

function message(statusCode: number, text: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message: text }) };
}

/** API Gateway hands over as text what is declared as text; a form, for one, comes in base64. */
function isText(body: Buffer, contentType: string | undefined): boolean {
  if (contentType !== undefined && !/^\s*(text\/|application\/(.+\+)?(json|xml|javascript)\b)/i.test(contentType))
    return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * A URL in its two parts. API Gateway decodes a path before it looks for the route and keeps what comes before a `?`, so
 * that an encoded slash parts segments and an encoded `?` ends the path.
 */
function splitUrl(url = '/'): { rawPath: string; rawQueryString: string } {
  const [path = '/', ...rest] = url.split('?');
  const [rawPath = '/'] = decoded(path).split('?');
  return { rawPath, rawQueryString: rest.join('?') };
}

/** What is no encoding of anything stays as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return path;
  }
}
