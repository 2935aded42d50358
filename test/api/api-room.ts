import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll, beforeAll } from 'vitest';
import { type LocalServer, listen } from '../../local/aws/http-server.ts';
import { serveHttpApi } from '../../local/gateway/http-api.ts';
import { maximumPayloadBytes } from '../../local/lambda/local-function.ts';
import { collectingLog } from '../../local/log.ts';
import { routes } from '../../shared/http/routes.ts';
import { useWorkerRoom, type WorkerRoom } from '../queues/worker-room.ts';

/** A request as bytes on the wire. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The API function in this process, behind the local gateway. */
export interface ApiRoom {
  readonly room: WorkerRoom;
  readonly send: (request: RawRequest) => Promise<RawAnswer>;
  /** Has the function answer an event that no gateway would make of a request. */
  readonly invoke: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
}

const context = { getRemainingTimeInMillis: () => 20_000 } as Context;

/** The API on the stand-ins of a worker room, for the tests of one file. */
export function useApiRoom(): ApiRoom {
  const room = useWorkerRoom();
  const agent = new Agent({ keepAlive: true });
  let server: LocalServer | undefined;
  let invoke: ApiRoom['invoke'] | undefined;

  beforeAll(async () => {
    // The API's stores are made from the environment when they are imported.
    const { handler } = await import('../../functions/api/handler.ts');
    invoke = (event) => handler(event, context);
    const target = {
      invoke: async (event: string) => {
        const answer = JSON.stringify(await handler(JSON.parse(event), context));
        if (Buffer.byteLength(answer) > maximumPayloadBytes) throw new Error('The answer is too large for Lambda');
        return JSON.parse(answer);
      },
    };
    const keys = [...routes.map(({ method, path }) => `${method} ${path}`), '$default'];
    const api = { id: 'api', routes: keys.map((key) => ({ key, target })), cors: undefined };
    server = await listen(serveHttpApi(api, collectingLog()), { what: 'API', flag: '', port: 0 });
  });
  afterAll(async () => {
    agent.destroy();
    await server?.close();
  });

  const send = ({ method, path, headers = {}, body }: RawRequest) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = {
        host: '127.0.0.1',
        port: server?.port,
        agent,
        method,
        path,
        headers: { ...headers, ...length },
      };
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });

  return { room, send, invoke: (event) => invoke!(event) };
}
