import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { InvocationError, InvocationRequest, RuntimeData, RuntimeMessage } from './function-runtime.ts';

/** An invocation that failed: the handler threw, the time was over, or the thread ended. */
export class FunctionError extends Error {
  readonly errorType: string;
  readonly trace: string[];
  constructor({ errorType, errorMessage, trace }: InvocationError) {
    super(errorMessage);
    this.name = 'FunctionError';
    this.errorType = errorType;
    this.trace = trace;
  }
}

/** What one function runs with. */
export interface WorkerSettings extends RuntimeData {
  environment: Record<string, string>;
  timeoutMs: number;
  output(line: string, stream: 'stdout' | 'stderr'): void;
}

/** Code for a cold start must not count as time of the invocation, but has its own limit. */
const startLimitMs = 30_000;

let runtimeCode: Promise<URL> | undefined;

/** The runtime as JavaScript, whatever loader this process itself runs under. */
function compileRuntime(): Promise<URL> {
  runtimeCode ??= build({
    entryPoints: [fileURLToPath(new URL('./function-runtime.ts', import.meta.url))],
    write: false,
    platform: 'node',
    format: 'esm',
  }).then(({ outputFiles }) => {
    const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
    return new URL(`data:text/javascript;base64,${code}`);
  });
  return runtimeCode;
}

interface Pending {
  requestId: string;
  resolve(result: string): void;
  reject(error: FunctionError): void;
}

/** One execution environment: a thread that keeps a function loaded and runs one invocation at a time. */
export class FunctionWorker {
  private readonly settings: WorkerSettings;
  private readonly thread: Worker;
  private readonly ready: Promise<void>;
  private pending: Pending | undefined;
  private dead: FunctionError | undefined;
  private onDead: (error: FunctionError) => void = () => undefined;

  static async start(settings: WorkerSettings): Promise<FunctionWorker> {
    const worker = new FunctionWorker(settings, await compileRuntime());
    await worker.ready;
    return worker;
  }

  private constructor(settings: WorkerSettings, runtime: URL) {
    const { environment, output, timeoutMs: _timeoutMs, ...runtimeData } = settings;
    this.settings = settings;
    this.thread = new Worker(runtime, {
      workerData: runtimeData satisfies RuntimeData,
      env: environment,
      // Loaders of this process, such as that of TypeScript, take longer to start than the function.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.max(128, Number(settings.memoryMb)) },
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      createInterface({ input: this.thread[stream] }).on('line', (line) => output(line, stream));
    }
    this.ready = new Promise((resolve, reject) => {
      const tooLong = setTimeout(
        () => this.end(failure('Runtime.StartTimeout', 'Loading took too long')),
        startLimitMs,
      );
      this.onDead = reject;
      this.thread.on('message', (message: RuntimeMessage) => {
        clearTimeout(tooLong);
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'broken') this.end(new FunctionError(message.error));
        else this.settle(message);
      });
      this.thread.once('error', (error: Error) => {
        clearTimeout(tooLong);
        this.die(
          new FunctionError({
            errorType: error.name,
            errorMessage: error.message,
            trace: (error.stack ?? '').split('\n'),
          }),
        );
      });
      this.thread.once('exit', () => {
        clearTimeout(tooLong);
        this.die(failure('Runtime.ExitError', 'Runtime exited without providing a reason'));
      });
    });
  }

  get alive(): boolean {
    return this.dead === undefined;
  }

  /** Runs the handler once; past the function's timeout the thread is ended. */
  async invoke(event: string, trace?: string): Promise<string> {
    if (this.dead) throw this.dead;
    if (this.pending) throw new Error('An execution environment runs one invocation at a time.');
    const { timeoutMs } = this.settings;
    const request: InvocationRequest = {
      requestId: randomUUID(),
      event,
      deadlineAt: Date.now() + timeoutMs,
      ...(trace !== undefined && { trace }),
    };
    const timer = setTimeout(
      () => this.end(failure('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`)),
      timeoutMs,
    );
    try {
      return await new Promise((resolve, reject) => {
        this.pending = { requestId: request.requestId, resolve, reject };
        this.thread.postMessage(request);
      });
    } finally {
      clearTimeout(timer);
      this.pending = undefined;
    }
  }

  /** Ends the thread, in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.die(failure('Runtime.ExitError', 'The execution environment was killed'));
    await this.thread.terminate();
  }

  private end(error: FunctionError): void {
    this.die(error);
    void this.thread.terminate();
  }

  private die(error: FunctionError): void {
    if (this.dead) return;
    this.dead = error;
    this.onDead(error);
    this.pending?.reject(error);
  }

  private settle(message: Exclude<RuntimeMessage, { kind: 'ready' | 'broken' }>): void {
    if (this.pending?.requestId !== message.requestId) return;
    if (message.kind === 'result') this.pending.resolve(message.result);
    else this.pending.reject(new FunctionError(message.error));
  }
}

/** A failure that the handler itself did not cause. */
export function failure(errorType: string, errorMessage: string): FunctionError {
  return new FunctionError({ errorType, errorMessage, trace: [] });
}
