import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import { BodyTooLargeError, type Listener, type LocalServer, listen, readBody } from './http-server.ts';

export type JsonObject = Record<string, unknown>;

/** An error answer of an AWS service: its code, its text, its status. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/** The operations of one service, by name. */
export type AwsActions = Record<string, (input: JsonObject, headers: Readonly<Record<string, unknown>>) => unknown>;

/** One service that speaks an AWS JSON protocol. */
interface AwsJsonService {
  /** Before the dot of `X-Amz-Target`. */
  targetPrefix: string;
  protocol: '1.0' | '1.1';
  actions: AwsActions;
  bodyLimitBytes: number;
  /** The older error code that SQS repeats in a header for clients that compare it. */
  queryErrorCode?: (code: string) => string;
}

/** Serves one service, as any AWS SDK expects it. */
export function serveAwsJson(service: AwsJsonService, listener: Listener, log: Log): Promise<LocalServer> {
  return listen((request, response) => {
    answer(service, request).then(
      (output) => reply(service, response, 200, output),
      (error: unknown) => {
        if (!(error instanceof AwsError)) log.error(`${listener.what}: ${String((error as Error)?.stack ?? error)}`);
        const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
        if (service.queryErrorCode) {
          const fault = known.status >= 500 ? 'Receiver' : 'Sender';
          response.setHeader('x-amzn-query-error', `${service.queryErrorCode(known.code)};${fault}`);
        }
        reply(service, response, known.status, { __type: known.code, message: known.message });
      },
    );
  }, listener);
}

async function answer(service: AwsJsonService, request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET') return { status: 'ok' };
  const target = request.headers['x-amz-target'];
  if (typeof target !== 'string') {
    throw new AwsError('InvalidAction', 'No X-Amz-Target header: only the AWS JSON protocol is spoken here.');
  }
  const name = target.slice(target.lastIndexOf('.') + 1);
  const action = Object.hasOwn(service.actions, name) ? service.actions[name] : undefined;
  if (!action || target !== `${service.targetPrefix}.${name}`) {
    throw new AwsError('UnknownOperationException', `The operation ${target} is not known to the local stand-in.`);
  }
  return action(await readJson(request, service.bodyLimitBytes), request.headers);
}

async function readJson(request: IncomingMessage, limitBytes: number): Promise<JsonObject> {
  try {
    const body = await readBody(request, limitBytes);
    return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as JsonObject);
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsError('SerializationException', error.message);
    if (error instanceof BodyTooLargeError) throw new AwsError('RequestEntityTooLarge', error.message, 413);
    throw error;
  }
}

function reply(service: AwsJsonService, response: ServerResponse, status: number, output: unknown): void {
  const body = Buffer.from(JSON.stringify(output ?? {}));
  response.writeHead(status, {
    'content-type': `application/x-amz-json-${service.protocol}`,
    'content-length': body.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

const agent = new Agent({ keepAlive: true });

/** Calls one operation of a stand-in that speaks AWS JSON 1.0; an error answer throws an {@link AwsError}. */
export function callAws(endpoint: string, target: string, input: JsonObject): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(JSON.stringify(input));
    const call = httpRequest(endpoint, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': body.length,
        'x-amz-target': target,
        'x-amz-date': '20200101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      readBody(response, Number.POSITIVE_INFINITY).then((bytes) => {
        const output = JSON.parse(bytes.toString('utf8')) as JsonObject;
        if (response.statusCode === 200) return resolve(output);
        const code = String(output.__type ?? 'Unknown').replace(/^.*#/, '');
        reject(new AwsError(code, String(output.message ?? output.Message ?? code), response.statusCode ?? 500));
      }, reject);
    });
    call.end(body);
  });
}
