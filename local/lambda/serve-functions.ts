import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError, type Listener, type LocalServer, listen, readBody } from '../aws/http-server.ts';
import type { Log } from '../log.ts';
import { TemplateError } from '../template/template.ts';
import { ThrottledError } from './account-concurrency.ts';
import { FunctionError } from './function-worker.ts';
import { type LocalFunction, maximumPayloadBytes } from './local-function.ts';

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Serves one operation of Lambda, as any AWS SDK expects it: invoking a function, by its name or ARN, and waiting for it. */
export function serveFunctions(
  find: (nameOrArn: string) => Pick<LocalFunction, 'invoke'>,
  listener: Listener,
  log: Log,
): Promise<LocalServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = invocationPath.exec(request.url?.split('?')[0] ?? '')?.[1];
    if (request.method !== 'POST' || name === undefined) {
      return refuse(response, 404, 'UnknownOperationException', 'Only functions can be invoked here.');
    }
    const payload = (await readBody(request, maximumPayloadBytes)).toString('utf8');
    try {
      const result = await find(decodeURIComponent(name)).invoke(payload || '{}');
      response.writeHead(200, { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' });
      response.end(JSON.stringify(result));
    } catch (error) {
      if (error instanceof TemplateError) return refuse(response, 404, 'ResourceNotFoundException', error.message);
      if (error instanceof ThrottledError) return refuse(response, 429, error.name, error.message);
      if (!(error instanceof FunctionError)) throw error;
      response.writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' });
      response.end(JSON.stringify({ errorType: error.errorType, errorMessage: error.message, trace: error.trace }));
    }
  };
  return listen((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof BodyTooLargeError) return refuse(response, 413, 'RequestTooLargeException', error.message);
      log.error(`${listener.what}: ${String((error as Error)?.stack ?? error)}`);
      refuse(response, 500, 'ServiceException', String(error));
    });
  }, listener);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message }));
}
