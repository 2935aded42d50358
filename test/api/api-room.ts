import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Api } from '../../functions/api/api-request.ts';
import { type ApiWorld, createApiWorld } from '../../functions/api/api-world.ts';
import { createApi } from '../../functions/api/create-api.ts';
import { createLambdaHandler } from '../../functions/api/lambda-handler.ts';
import { createLeadStores } from '../../functions/lead-stores.ts';
import type { QueueFunction } from '../../functions/queues/queue-frame.ts';
import { type LocalServer, listen } from '../../local/aws/http-server.ts';
import { serveHttpApi } from '../../local/gateway/http-api.ts';
import { maximumPayloadBytes } from '../../local/lambda/local-function.ts';
import { collectingLog } from '../../local/log.ts';
import { type Clients, createClients } from '../../shared/aws/clients.ts';
import { createS3Client } from '../../shared/aws/object-storage.ts';
import { sendMessages } from '../../shared/aws/send-messages.ts';
import { surroundings } from '../../shared/aws/surroundings.ts';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { decodeLead, decodeOutbox } from '../../shared/lead/lead-item.ts';
import { createProjector } from '../../shared/projection/project.ts';
import { createRowStore } from '../../shared/projection/row-store.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';
import { ApiClient } from '../api-client.ts';
import type { ChangeQueue } from '../journeys/running-stack.ts';
import { useWorkerRoom, type WorkerRoom } from '../queues/worker-room.ts';
import { runsGather } from '../recalculation/runs-gather.ts';
import { reportUnusedGrants } from '../unused-grants.ts';
import { apiRole } from './api-role.ts';

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
  readonly bytes: Buffer;
  readonly text: string;
}

/** The API function in this process, behind the local gateway. */
export interface ApiRoom {
  readonly room: WorkerRoom;
  readonly world: ApiWorld;
  /** The API itself, without a gateway; it checks its answers. */
  readonly api: Api;
  readonly send: (request: RawRequest) => Promise<RawAnswer>;
  /** Calls it as any client does. */
  readonly client: ApiClient;
  /** Has changes taken in by the worker of their queue. */
  readonly change: (queue: ChangeQueue, ...messages: readonly object[]) => Promise<void>;
  /** Has the jobs done that are waiting. */
  readonly doJobs: () => Promise<void>;
  /** Has what leads' documents announce projected. */
  readonly project: () => Promise<void>;
  /** Does both. */
  readonly settle: () => Promise<void>;
  /** Has the function answer an event that no gateway would make of a request. */
  readonly invoke: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
}

const context = { getRemainingTimeInMillis: () => 20_000 } as Context;

/** The API on the stand-ins of a worker room, for the tests of one file. */
export function useApiRoom(): ApiRoom {
  const room = useWorkerRoom();
  const agent = new Agent({ keepAlive: true });
  const undo: Array<() => void> = [];
  let server: LocalServer | undefined;
  let made: Pick<ApiRoom, 'world' | 'api' | 'invoke' | 'client' | keyof Functions> | undefined;
  const opened = () => {
    if (!made) throw new Error('The room is open from the first test on');
    return made;
  };

  beforeAll(async () => {
    const role = apiRole();
    const clients = createClients();
    role.apply(clients.dynamodb);
    undo.push(() => {
      reportUnusedGrants(role.control);
      clients.dynamodb.destroy();
    });
    const world = worldIn(room, clients);
    const handler = createLambdaHandler(world, { checksAnswers: true });
    const target = {
      invoke: async (event: string) => {
        const answer = JSON.stringify(await handler(JSON.parse(event), context));
        if (Buffer.byteLength(answer) > maximumPayloadBytes) throw new Error('The answer is too large for Lambda');
        return JSON.parse(answer);
      },
    };
    const keys = [...routes.map(keyOf), '$default'];
    const api = { id: 'api', routes: keys.map((key) => ({ key, target })), cors: undefined };
    server = await listen(serveHttpApi(api, collectingLog()), { what: 'API', flag: '', port: 0 });
    made = {
      world,
      api: createApi(world, { checksAnswers: true }),
      invoke: (event) => handler(event, context),
      client: new ApiClient(server.url),
      ...(await functionsIn(room, world)),
    };
  });
  afterAll(async () => {
    agent.destroy();
    await server?.close();
    for (const step of undo) step();
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
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString() });
        });
      });
      request.on('error', reject);
      request.end(body);
    });

  return {
    room,
    send,
    get world() {
      return opened().world;
    },
    get client() {
      return opened().client;
    },
    change: (queue, ...messages) => opened().change(queue, ...messages),
    doJobs: () => opened().doJobs(),
    project: () => opened().project(),
    settle: () => opened().settle(),
    api: (request) => opened().api(request),
    invoke: (event) => opened().invoke(event),
  };
}

type Functions = Pick<ApiRoom, 'change' | 'doJobs' | 'project' | 'settle'>;

/** What the functions around the API do. They are loaded late: they read their settings when they are. */
async function functionsIn(room: WorkerRoom, { recalculations }: Pick<ApiWorld, 'recalculations'>): Promise<Functions> {
  const workers: Record<ChangeQueue, QueueFunction> = {
    profileChanges: (await import('../../functions/queues/profile-changes.ts')).handler,
    levelChanges: (await import('../../functions/queues/level-changes.ts')).handler,
    leadEvents: (await import('../../functions/queues/lead-events.ts')).handler,
    accountChanges: (await import('../../functions/queues/account-changes.ts')).handler,
  };
  const { handler: jobs } = await import('../../functions/queues/jobs.ts');
  const { events, accounts } = createLeadStores(room.clients);
  const transitions = createTransitionStore(room.clients.dynamodb, 'Transitions', 400);
  const projectRows = createRowStore(room.clients.dynamodb, 'Memberships', 400);
  const erase = (leads: readonly object[]) =>
    sendMessages(
      room.clients.sqs,
      room.urlOf('JOBS'),
      leads.map((lead) => ({ body: JSON.stringify({ kind: 'erasure', ...lead }) })),
    );
  const project = createProjector({ projectRows, transitions, events, accounts, erase, publish: async () => {} });
  const doJobs = async () => {
    for (;;) {
      const bodies = (await room.takeJobs()).map(({ body }) => body);
      if (bodies.length > 0) expect(await room.deliver(jobs, bodies)).toEqual([]);
      else if (await runsGather(recalculations)) await setTimeout(100);
      else return;
    }
  };
  const projectAll = async () => {
    for await (const { Items = [] } of paginateScan({ client: room.clients.dynamodb }, { TableName: 'Leads' })) {
      const documents = Items.filter(({ outbox }) => outbox !== undefined);
      await project(documents.map((item) => ({ lead: decodeLead(item), outbox: decodeOutbox(item) })));
    }
  };
  return {
    change: async (queue, ...messages) => {
      expect(await room.deliver(workers[queue], messages)).toEqual([]);
    },
    doJobs,
    project: projectAll,
    settle: async () => {
      await doJobs();
      await projectAll();
    },
  };
}

/** The API's world on the stand-ins of a room, by clients that may do what the API's role may. */
function worldIn({ clients, urlOf }: WorkerRoom, { dynamodb, documents }: Clients): ApiWorld {
  return createApiWorld(
    { ...clients, dynamodb, documents, s3: createS3Client() },
    {
      leadStores: {
        segments: 'Segments',
        leads: 'Leads',
        accounts: 'Accounts',
        events: 'Events',
        eventRetentionDays: 400,
        catalogSnapshots: 'catalog-snapshots',
        hashKey: 'a key of tests',
      },
      membershipsTable: 'Memberships',
      transitionsTable: 'Transitions',
      transitionRetentionDays: 400,
      exportsBucket: 'exports',
      importFilesBucket: 'import-files',
      previewReadsPerMinute: 5_000_000,
      warmReadUnits: 12_000,
      queueUrl: urlOf,
    },
    surroundings,
  );
}
