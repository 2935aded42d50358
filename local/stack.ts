import { rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDynamoDb } from './aws/dynamodb/dynamodb.ts';
import { createTables } from './aws/dynamodb/tables.ts';
import { serveEventBridge } from './aws/eventbridge/event-bridge.ts';
import { type BusEvent, type Deliver, EventBuses } from './aws/eventbridge/event-bus.ts';
import { deliverTo } from './aws/eventbridge/event-targets.ts';
import { Schedules } from './aws/eventbridge/schedules.ts';
import { openBuses, scheduledTasks } from './aws/eventbridge/template-rules.ts';
import { freePort, type Listener, listen } from './aws/http-server.ts';
import type { Callers } from './aws/local-requests.ts';
import { corsOfBuckets } from './aws/s3-cors.ts';
import { Sqs } from './aws/sqs/sqs.ts';
import { openQueues } from './aws/sqs/template-queues.ts';
import { Clock } from './clock.ts';
import { serveHttpApi } from './gateway/http-api.ts';
import { serveConsole } from './gateway/serve-console.ts';
import { readHttpApi } from './gateway/template-http-api.ts';
import { AccessControl, namesIn } from './iam/access-control.ts';
import { endpointsAt, serveEnforcing } from './iam/enforcing-server.ts';
import { type IdleOptions, idle } from './idle.ts';
import { LocalFunctions } from './lambda/functions.ts';
import { serveFunctions } from './lambda/serve-functions.ts';
import { type Log, terminalLog } from './log.ts';
import { createPollers } from './pollers/template-pollers.ts';
import { describeStack, type StackFile, writeStackFile } from './stack-file.ts';
import type { StandIns } from './stand-ins.ts';
import { StateDirectory } from './state-directory.ts';
import { readAssembly, synthesize } from './template/assembly.ts';
import { StackResources } from './template/resources.ts';

/** Which ports to listen on; 0 is any that is free. */
export interface Ports {
  api: number;
  dynamodb: number;
  sqs: number;
  events: number;
  s3: number;
  console: number;
  lambda: number;
}

export interface LocalStackOptions {
  /** Where everything is kept. */
  stateDirectory: string;
  /** The CDK app to synthesize, unless `assembly` names what is synthesized already. */
  app?: string;
  assembly?: string;
  ports?: Partial<Ports>;
  /** Forget what earlier runs left. */
  fresh?: boolean;
  log?: Log;
  /** Use DynamoDB Local (Java) even where the quicker stand-in runs. */
  dynamoDbLocal?: boolean;
  /** How many invocations of one function run at once, at most. */
  workersPerFunction?: number;
  /** How many invocations of all functions run at once, at most: 1,000, as an account has, unless it is new. */
  accountConcurrency?: number;
  /** Whether schedules run by themselves; without, only {@link LocalStack.fire} runs them. */
  schedules?: boolean;
  /** The first delay before a stream's batch, or an event for a function, is tried again; it doubles each time. */
  retryDelayMs?: number;
  /** Whether streams are looked at more often than by Lambda; for tests. */
  eagerStreams?: boolean;
  /** Whether {@link LocalStack.clock} may move the time that functions and stand-ins see; for tests. */
  movableClock?: boolean;
  /** Whether functions may call only what the policies of the template allow their roles. */
  enforceIam?: boolean;
  /** The built console to serve, if any. */
  consoleDirectory?: string;
  /** Who may call the API in place of programs with JSON and those pages. */
  callers?: Callers;
  /** The origins of other pages that may call the API, such as that of a console in development. */
  pages?: readonly string[];
}

/** A running local stack. */
export interface LocalStack {
  /** What `stack.json` says. */
  file: StackFile;
  /** Hears of every event that a bus accepts. */
  onEvent(listener: (event: BusEvent, busName: string) => void): () => void;
  /**
   * Resolves when no message is ready or in flight, no function runs and all streams are read. `withoutWaits`: messages that
   * failed, or whose worker died, come again as soon as nothing else goes on, and not only after minutes.
   */
  idle(options?: IdleOptions): Promise<void>;
  /** Ends a function in the middle of what it does; it starts again when it is needed. Tells how many threads ended. */
  kill(functionId: string): Promise<number>;
  /** Loads the functions that something is connected to, before they are needed. */
  warm(): Promise<void>;
  /** Runs a schedule now. */
  fire(scheduleId: string): void;
  /** The time of the run, where it is movable. Tables, buckets and batching windows go by the machine's all the same. */
  clock: Clock | undefined;
  /** How many messages are in the queues that functions read, and in dead-letter queues. */
  messagesKept(): { waiting: number; deadLetters: number };
  /** What functions may do and what of it they did, if policies are enforced. */
  accessControl: AccessControl | undefined;
  stop(): Promise<void>;
}

const anyPort: Ports = { api: 0, dynamodb: 0, sqs: 0, events: 0, s3: 0, console: 0, lambda: 0 };
const stopGraceMs = 5_000;

function listenersOf(ports: Ports): Record<keyof Ports, Listener> {
  return {
    api: { what: 'HTTP API', flag: '--port', port: ports.api },
    dynamodb: { what: 'DynamoDB', flag: '--dynamodb-port', port: ports.dynamodb },
    sqs: { what: 'SQS', flag: '--sqs-port', port: ports.sqs },
    events: { what: 'EventBridge', flag: '--events-port', port: ports.events },
    s3: { what: 'S3', flag: '--s3-port', port: ports.s3 },
    console: { what: 'console', flag: '--console-port', port: ports.console },
    lambda: { what: 'Lambda', flag: '--lambda-port', port: ports.lambda },
  };
}

/** Brings up the synthesized stack on this machine; when this resolves, everything answers. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const undo: Array<() => Promise<void> | void> = [];
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    // The last step first; one that fails must not leave the others undone.
    while (undo.length > 0) {
      try {
        await undo.pop()?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The local run did not stop cleanly.');
  };
  try {
    return await start(options, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: LocalStackOptions,
  undo: Array<() => Promise<void> | void>,
  stop: () => Promise<void>,
): Promise<LocalStack> {
  const log = options.log ?? terminalLog({ verbose: false });
  const state = await StateDirectory.claim(options.stateDirectory, { fresh: options.fresh ?? false });
  undo.push(() => state.release());

  const listeners = listenersOf({ ...anyPort, ...options.ports });
  // Known before the seconds that synthesis takes, not after. DynamoDB's is looked at once the stand-in that a killed run
  // may have left on it has been ended.
  for (const listener of Object.values(listeners)) {
    if (listener.port !== 0 && listener !== listeners.dynamodb) await freePort(listener);
  }
  let answerHttp: RequestListener = (_request, response) => response.writeHead(503).end();
  const pages = new Set(options.pages ?? []);
  const callers = options.callers ?? { origins: pages, jsonOnly: true };
  const api = await listen((request, response) => answerHttp(request, response), listeners.api, callers);
  undo.push(() => api.close());
  const dynamoDb = await startDynamoDb(state.dynamoDb, listeners.dynamodb, {
    log,
    preferLocal: options.dynamoDbLocal ?? false,
  });
  undo.push(() => dynamoDb.stop());

  const assemblyDirectory = options.assembly ?? state.assembly;
  if (!options.assembly) {
    // Bundles of earlier runs would pile up.
    rmSync(assemblyDirectory, { recursive: true, force: true });
    await synthesize(options.app ?? 'infra/app.ts', assemblyDirectory);
  }
  const assembly = readAssembly(assemblyDirectory);

  const clock = new Clock();
  const sqs = new Sqs(state.path, assembly.region, log, clock);
  undo.push(() => sqs.stop());
  await sqs.listen(listeners.sqs, log);
  const place = { stackName: assembly.stackName, region: assembly.region, apiUrl: api.url, sqsUrl: sqs.url };
  const resources = new StackResources(assembly.template, place);

  const tables = await createTables(resources, dynamoDb);
  openQueues(resources, sqs);
  sqs.forgetOtherQueues(log);
  const buckets = resources.ofType('AWS::S3::Bucket').map(([logicalId]) => resources.physical(logicalId).ref);
  const s3 =
    buckets.length === 0
      ? undefined
      : // Loaded only where a bucket is: the stand-in takes a third of a second to load.
        await (await import('./aws/s3.ts')).startS3(state.s3, buckets, listeners.s3, {
          callers: { origins: pages, jsonOnly: false },
          cors: corsOfBuckets(resources),
        });
  if (s3) undo.push(() => s3.stop());

  const send: Deliver = (event, rule, target) => deliver(event, rule, target);
  const buses = new EventBuses(assembly.region, send, clock);
  const eventBridge = await serveEventBridge(buses, listeners.events, log);
  undo.push(() => eventBridge.close());

  const functionApi = await serveFunctions((name) => functions.byArn(name), listeners.lambda, log);
  undo.push(() => functionApi.close());
  const endpoints = {
    dynamodb: dynamoDb.endpoint,
    sqs: sqs.url,
    eventbridge: eventBridge.url,
    lambda: functionApi.url,
    ...(s3 && { s3: s3.url }),
  };
  const direct = { ...endpoints, s3: s3?.url };
  const accessControl = options.enforceIam ? new AccessControl(resources) : undefined;
  const enforcing =
    accessControl &&
    (await serveEnforcing(
      accessControl,
      { endpoints: direct, names: namesIn(resources), log },
      { origins: pages, jsonOnly: false },
    ));
  if (enforcing) undo.push(() => enforcing.close());
  const workersPerFunction = options.workersPerFunction ?? 2;
  const functions: LocalFunctions = new LocalFunctions(
    resources,
    assembly,
    enforcing ? endpointsAt(enforcing.url, direct) : direct,
    {
      log,
      workersPerFunction,
      accountConcurrency: options.accountConcurrency ?? 1_000,
      ...(options.movableClock && { clock }),
    },
  );
  undo.push(() => functions.close());
  const deliver = deliverTo({
    sqs,
    functions,
    log,
    retryDelayMs: options.retryDelayMs ?? 1_000,
  });

  const standIns: StandIns = { resources, dynamoDb, tables, sqs, s3, buses, functions, log };
  openBuses(resources, buses);
  const schedules = new Schedules(scheduledTasks(standIns), { ticking: options.schedules ?? true });
  undo.push(() => schedules.stop());
  if (options.schedules ?? true) clock.onAdvance(() => schedules.catchUp());

  const pollers = createPollers(standIns, {
    checkpointsFile: state.checkpoints,
    retryDelayMs: options.retryDelayMs ?? 1_000,
    isEager: options.eagerStreams ?? false,
    workersPerFunction,
  });
  const httpApi = readHttpApi(standIns);
  if (httpApi) answerHttp = serveHttpApi(httpApi, log, clock);

  const console = options.consoleDirectory
    ? await serveConsole(options.consoleDirectory, { apiUrl: api.url }, listeners.console)
    : undefined;
  if (console) {
    undo.push(() => console.close());
    pages.add(console.url);
    pages.add(console.url.replace('127.0.0.1', 'localhost'));
  }

  const file = { ...describeStack(resources, { endpoints, tables }), ...(console && { consoleUrl: console.url }) };
  const all = [...pollers.queues, ...pollers.streams];
  for (const poller of all) poller.start();
  undo.push(async () => {
    const finished = Promise.all([api.close(stopGraceMs), ...all.map((poller) => poller.stop())]);
    await Promise.race([finished, sleep(stopGraceMs, undefined, { ref: false })]);
  });
  if (options.schedules ?? true) schedules.catchUp();
  writeStackFile(state.stackFile, file);

  return {
    file,
    onEvent: (listener) => buses.onEvent(listener),
    idle: (options = {}) => idle(functions, pollers, options),
    kill: (functionId) => functions.byId(functionId).kill(),
    warm: () => functions.warm(),
    fire: (scheduleId) => schedules.fire(scheduleId),
    clock: options.movableClock ? clock : undefined,
    messagesKept: () => countMessages(sqs),
    accessControl,
    stop,
  };
}

function countMessages(sqs: Sqs): { waiting: number; deadLetters: number } {
  const deadLetterArns = new Set(sqs.all().map(({ redrivePolicy }) => redrivePolicy?.deadLetterTargetArn));
  const counts = { waiting: 0, deadLetters: 0 };
  for (const queue of sqs.all()) {
    const { ready, delayed, inFlight } = queue.counts;
    counts[deadLetterArns.has(queue.arn) ? 'deadLetters' : 'waiting'] += ready + delayed + inFlight;
  }
  return counts;
}
