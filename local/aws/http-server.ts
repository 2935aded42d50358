import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Callers, noPages, refusalOf } from './local-requests.ts';

/** A port that something else listens on already. */
export class PortTakenError extends Error {
  constructor(port: number, what: string, flag: string) {
    super(`Port ${port} (${what}) is taken. Stop what listens there, or choose another with ${flag} N (0 = any free).`);
    this.name = 'PortTakenError';
  }
}

/** A request body that is larger than its limit. */
export class BodyTooLargeError extends Error {
  constructor(limit: number) {
    super(`The request body is larger than ${limit} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/** What listens, and the command line flag that moves it elsewhere. */
export interface Listener {
  what: string;
  flag: string;
  port: number;
}

/** A server that listens on this machine only. */
export interface LocalServer {
  port: number;
  url: string;
  /** Takes no more connections; what is being answered has this long to finish. */
  close(graceMs?: number): Promise<void>;
}

/** Listens on the loopback address, for programs and the pages of `callers`; a taken port is told by its flag. */
export async function listen(
  handler: RequestListener,
  { what, flag, port }: Listener,
  callers: Callers = noPages,
): Promise<LocalServer> {
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const refusal = refusalOf(request, callers);
    if (!refusal) return handler(request, response);
    response.writeHead(refusal.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: refusal.message }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, what, flag) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: (graceMs = 0) =>
      new Promise((resolve, reject) => {
        if (!server.listening) return resolve();
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close((error) => {
          clearTimeout(cut);
          if (error) reject(error);
          else resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** A port that is free now, for a child process that cannot choose one itself. */
export async function freePort(listener: Listener): Promise<number> {
  const probe = await listen((_request, response) => response.end(), listener);
  await probe.close();
  return probe.port;
}

/** Reads a whole body; one past the limit is read to its end, so that the client hears the answer, but not kept. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (size > limitBytes) throw new BodyTooLargeError(limitBytes);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
