import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildApp } from 'fauxqs';
import { type Listener, PortTakenError } from './http-server.ts';
import { type Callers, noPages, refusalOf } from './local-requests.ts';
import { type BucketCors, corsAnswer } from './s3-cors.ts';

/** The S3 stand-in. */
export interface S3 {
  url: string;
  port: number;
  put(bucket: string, key: string, body: string): Promise<void>;
  stop(): Promise<void>;
}

/** Which pages may reach buckets, and what the buckets say of pages, by their names. */
export interface PagesOfBuckets {
  readonly callers: Callers;
  readonly cors: ReadonlyMap<string, BucketCors>;
}

/** fauxqs keeps objects in memory only; each is also written to a file before the client is answered. */
export async function startS3(
  directory: string,
  buckets: string[],
  listener: Listener,
  { callers, cors }: PagesOfBuckets = { callers: noPages, cors: new Map() },
): Promise<S3> {
  const app = buildApp({ logger: false });
  const fileOf = (bucket: string, key: string): string => join(directory, bucket, encodeURIComponent(key));

  app.addHook('onRequest', async (request, reply) => {
    const rules = cors.get(request.url.split(/[/?]/)[1] ?? '');
    const refusal = refusalOf(request.raw, rules ? callers : noPages);
    if (refusal) return reply.code(refusal.status).send(refusal.message);
    const told = corsAnswer(rules, request.raw);
    if (told) reply.headers(told);
    if (request.method === 'OPTIONS') return reply.code(told ? 200 : 403).send();
  });
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode >= 300 || !['PUT', 'POST', 'DELETE'].includes(request.method)) return;
    const [, bucket = '', ...rest] = request.url.split('?')[0]?.split('/') ?? [];
    const key = decodeURIComponent(rest.join('/'));
    if (!buckets.includes(bucket)) return;
    const deleted = [...String(request.body ?? '').matchAll(/<Key>(.*?)<\/Key>/g)].map(([, one]) => one ?? '');
    if (key === '') for (const one of deleted) rmSync(fileOf(bucket, one), { force: true });
    else if (request.method === 'DELETE') rmSync(fileOf(bucket, key), { force: true });
    else {
      const object = await app.inject({ method: 'GET', url: `/${bucket}/${encodeURIComponent(key)}` });
      if (object.statusCode === 200) writeFileSync(fileOf(bucket, key), object.rawPayload);
    }
  });

  for (const bucket of buckets) {
    mkdirSync(join(directory, bucket), { recursive: true });
    await app.inject({ method: 'PUT', url: `/${bucket}` });
    for (const name of readdirSync(join(directory, bucket))) {
      const payload = readFileSync(join(directory, bucket, name));
      await app.inject({ method: 'PUT', url: `/${bucket}/${name}`, payload, headers: octets });
    }
  }

  try {
    await app.listen({ port: listener.port, host: '127.0.0.1' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTakenError(listener.port, listener.what, listener.flag);
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async put(bucket, key, body) {
      const answer = await app.inject({
        method: 'PUT',
        url: `/${bucket}/${encodeURIComponent(key)}`,
        payload: body,
        headers: octets,
      });
      if (answer.statusCode !== 200) throw new Error(`Cannot write ${key} to the bucket ${bucket}: ${answer.body}`);
    },
    stop: () => app.close(),
  };
}

const octets = { 'content-type': 'application/octet-stream' };
