import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JsonObject } from '../aws/aws-json.ts';
import { type LocalServer, listen, readBody } from '../aws/http-server.ts';
import { type Callers, noPages } from '../aws/local-requests.ts';
import type { Log } from '../log.ts';
import { type AccessControl, AccessDeniedError } from './access-control.ts';
import { type AwsAccess, accessOfJsonCall, accessOfObjectCall, type ResourceNames } from './aws-access.ts';

/** Where the stand-ins are. */
export interface Endpoints {
  dynamodb: string;
  sqs: string;
  eventbridge: string;
  s3: string | undefined;
}

/** The same stand-ins behind one server. */
export function endpointsAt(url: string, { s3 }: Endpoints): Endpoints {
  return { dynamodb: url, sqs: url, eventbridge: url, s3: s3 && url };
}

const services: Record<string, keyof Endpoints> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSEvents: 'eventbridge',
};

/**
 * Stands before all stand-ins and lets through what the role of the calling function allows. Functions are told apart by
 * their access keys, which are their logical ids. Pages among `callers` come with URLs that functions signed for them.
 */
export async function serveEnforcing(
  control: AccessControl,
  { endpoints, names, log }: { endpoints: Endpoints; names: ResourceNames; log: Log },
  callers: Callers = noPages,
): Promise<LocalServer> {
  const agent = new Agent({ keepAlive: true });
  const server = await listen(
    (request, response) => {
      answer(request, response, { control, endpoints, names, agent }).catch((error: unknown) => {
        if (error instanceof AccessDeniedError) log.warn(error.message);
        else log.error(`IAM: ${String((error as Error)?.stack ?? error)}`);
        if (!response.headersSent) refuse(request, response, error as Error);
        else response.destroy();
      });
    },
    { what: 'IAM', flag: '', port: 0 },
    callers,
  );
  return {
    ...server,
    close: async (graceMs) => {
      await server.close(graceMs);
      agent.destroy();
    },
  };
}

interface World {
  control: AccessControl;
  endpoints: Endpoints;
  names: ResourceNames;
  agent: Agent;
}

async function answer(request: IncomingMessage, response: ServerResponse, world: World): Promise<void> {
  const { control, endpoints, names } = world;
  const functionId = callerOf(request);
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const service = services[target.split('.')[0] ?? ''];
    const body = await readBody(request, Number.POSITIVE_INFINITY);
    control.check(functionId, accessOfJsonCall(target, JSON.parse(body.toString()) as JsonObject, names));
    return forward(request, response, { ...world, to: endpoints[service!] ?? '', body });
  }
  // What a browser asks before it sends is signed by nobody.
  if (request.method === 'OPTIONS') return forward(request, response, { ...world, to: endpoints.s3 ?? '' });
  const access = accessOfObjectCall(request.method ?? '', request.url ?? '');
  control.check(functionId, [access]);
  return forward(request, response, {
    ...world,
    to: endpoints.s3 ?? '',
    isMissing: denyMissing(functionId, access, world),
  });
}

/** Answers 403 in place of 404 to whom S3 would not tell that there is no such object. */
function denyMissing(functionId: string, access: AwsAccess, { control }: World): () => void {
  return () => {
    if (!control.mayKnowOfMissing(functionId, access)) throw new AccessDeniedError(functionId, access);
  };
}

/** The access key of the signature, in the header or, of a URL that was signed for somebody else, in the query. */
function callerOf({ headers, url = '' }: IncomingMessage): string {
  const signed = /Credential=([^/%,]+)(?:\/|%2F)/i.exec(headers.authorization ?? url);
  if (!signed?.[1]) throw new Error('A call without a signature reached the local IAM.');
  return signed[1];
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { to, body, agent, isMissing }: World & { to: string; body?: Buffer; isMissing?: () => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const { hostname, port } = new URL(to);
    const onward = httpRequest({ hostname, port, method, path: url, headers, agent }, (answered) => {
      try {
        if (answered.statusCode === 404) isMissing?.();
      } catch (error) {
        answered.resume();
        return reject(error as Error);
      }
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
      answered.once('error', reject);
      answered.once('end', resolve);
    });
    onward.once('error', reject);
    response.once('close', () => onward.destroy());
    if (body) onward.end(body);
    else request.pipe(onward);
  });
}

/** In the form of the service, so that its SDK throws what it would throw in the cloud. */
function refuse(request: IncomingMessage, response: ServerResponse, { name, message }: Error): void {
  const isDenied = name === 'AccessDeniedError';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const code = isDenied
      ? target.startsWith('AmazonSQS')
        ? 'AccessDenied'
        : 'AccessDeniedException'
      : 'InternalFailure';
    response.writeHead(isDenied ? 400 : 500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: code, message }));
  } else {
    response.writeHead(isDenied ? 403 : 500, { 'content-type': 'application/xml' });
    const code = isDenied ? 'AccessDenied' : 'InternalError';
    response.end(
      request.method === 'HEAD'
        ? undefined
        : `<Error><Code>${code}</Code><Message>${message.replace(/[<>&]/g, '?')}</Message></Error>`,
    );
  }
}
