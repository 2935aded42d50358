import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { BodyTooLargeError, readBody } from '../aws/http-server.ts';
import { Clock } from '../clock.ts';
import { type LocalFunction, maximumPayloadBytes } from '../lambda/local-function.ts';
import type { Log } from '../log.ts';
import { accountId } from '../template/resources.ts';
import { type Cors, corsHeaders, isPreflight } from './http-cors.ts';
import { matchRoute, type Route } from './http-routes.ts';

/** What answers a route. */
type Target = Pick<LocalFunction, 'invoke'>;

/** An HTTP API of the template. */
export interface HttpApi {
  id: string;
  routes: Array<Route<Target>>;
  cors: Cors | undefined;
}

const bodyLimitBytes = 10 * 1024 * 1024;

/** Answers HTTP as API Gateway does: routes, payload format 2.0, CORS, and its own errors. */
export function serveHttpApi(api: HttpApi, log: Log, clock = new Clock()): RequestListener {
  return (request, response) => {
    answer(api, request, new Date(clock.now())).then(
      (result) => send(response, result, corsHeaders(api.cors, request)),
      (error: unknown) => {
        log.error(`HTTP API: ${String((error as Error)?.stack ?? error)}`);
        send(response, message(500, 'Internal Server Error'), {});
      },
    );
  };
}

async function answer(
  api: HttpApi,
  request: IncomingMessage,
  receivedAt: Date,
): Promise<APIGatewayProxyStructuredResultV2> {
  const method = request.method ?? 'GET';
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.url ?? '/', '?');
  if (api.cors && isPreflight(request)) return { statusCode: 204 };
  const found = matchRoute(api.routes, method, rawPath);
  if (!found) return message(404, 'Not Found');
  let body: Buffer;
  try {
    body = await readBody(request, bodyLimitBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) return message(413, 'Request Entity Too Large');
    throw error;
  }
  const event = JSON.stringify(toEvent(api, request, { method, rawPath, rawQueryString, body, receivedAt, ...found }));
  if (Buffer.byteLength(event) > maximumPayloadBytes) return message(413, 'Request Entity Too Large');
  let result: unknown;
  try {
    result = await found.route.target.invoke(event);
  } catch {
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
    method: string;
    rawPath: string;
    rawQueryString: string;
    body: Buffer;
    receivedAt: Date;
    route: Route<Target>;
    pathParameters: Record<string, string>;
  },
): APIGatewayProxyEventV2 {
  const { method, rawPath, rawQueryString, body, receivedAt, route, pathParameters } = call;
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
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
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

function send(response: ServerResponse, result: APIGatewayProxyStructuredResultV2, cors: Record<string, string>): void {
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    // API Gateway's own CORS answer replaces what a function says about CORS.
    if (Object.keys(cors).length === 0 || !name.toLowerCase().startsWith('access-control-'))
      response.setHeader(name, String(value));
  }
  for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
  if (result.cookies) response.setHeader('set-cookie', result.cookies);
  if (body.length > 0 && !response.hasHeader('content-type'))
    response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('apigw-requestid', randomUUID());
  response.statusCode = Number(result.statusCode ?? 200);
  if (response.statusCode !== 204 && response.statusCode !== 304) response.setHeader('content-length', body.length);
  response.end(body);
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

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
