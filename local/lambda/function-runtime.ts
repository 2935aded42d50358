// Runs inside a worker thread: loads one function's bundle, then answers one invocation after the other, as the
// Node.js runtime of Lambda does. It is compiled by itself and imports nothing of this project.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** What the runtime is started with. */
export interface RuntimeData {
  directory: string;
  /** As in the template: `index.handler`. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMb: string;
  /** What `Clock` shares, if the run's time may be moved. */
  clock?: SharedArrayBuffer;
}

/** One invocation. Event and result travel as JSON, so that a handler sees nothing that JSON cannot carry. */
export interface InvocationRequest {
  requestId: string;
  event: string;
  deadlineAt: number;
  /** The trace header, which the SDK sends on with its calls. */
  trace?: string;
}

/** What a failed invocation tells. */
export interface InvocationError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export type RuntimeMessage =
  | { kind: 'ready' }
  | { kind: 'result'; requestId: string; result: string }
  | { kind: 'error'; requestId: string; error: InvocationError }
  | { kind: 'broken'; error: InvocationError };

type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown;

const { directory, handler, functionName, functionArn, memoryMb, clock } = workerData as RuntimeData;
/** How long an invocation may still run has nothing to do with the time it sees. */
const machineNow = Date.now;
const logStreamName = `local/[$LATEST]${crypto.randomUUID().replaceAll('-', '')}`;

async function load(): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(directory, file + extension))
    .find((one) => existsSync(one));
  if (!path) throw new Error(`Cannot find module '${file}' in ${directory}`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== 'function') throw new Error(`${handler} is undefined or not exported`);
  return found as Handler;
}

function invoke(handle: Handler, { requestId, event, deadlineAt, trace }: InvocationRequest): Promise<unknown> {
  if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = trace;
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: memoryMb,
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - machineNow()),
  };
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result?: unknown): void => (error ? reject(error) : resolve(result));
    const result = handle(JSON.parse(event), context, callback);
    if (handle.length < 3 || result instanceof Promise) Promise.resolve(result).then(resolve, reject);
  });
}

/** Makes this thread's `Date` go by the shared clock: see `Clock` for what is where in it. */
function followClock(shared: SharedArrayBuffer): void {
  const state = new BigInt64Array(shared);
  const now = () => Number(Atomics.load(state, 1)) || machineNow() + Number(Atomics.load(state, 0));
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    construct: (date, given, newTarget) => Reflect.construct(date, given.length === 0 ? [now()] : given, newTarget),
    apply: (date) => new date(now()).toString(),
  });
}

function describe(error: unknown): InvocationError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') };
}

function send(message: RuntimeMessage): void {
  parentPort?.postMessage(message);
}

process.setSourceMapsEnabled(true);
if (clock) followClock(clock);
load().then(
  (handle) => {
    send({ kind: 'ready' });
    parentPort?.on('message', (request: InvocationRequest) => {
      const { requestId } = request;
      invoke(handle, request).then(
        (result) => send({ kind: 'result', requestId, result: JSON.stringify(result) ?? 'null' }),
        (error: unknown) => send({ kind: 'error', requestId, error: describe(error) }),
      );
    });
  },
  (error: unknown) => send({ kind: 'broken', error: describe(error) }),
);
