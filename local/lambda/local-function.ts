import type { Log } from '../log.ts';
import { AccountConcurrency } from './account-concurrency.ts';
import { FunctionError, FunctionWorker, failure, type WorkerSettings } from './function-worker.ts';
import { traceOfInvocation } from './lineage.ts';

/** Lambda takes no larger event, and gives back no larger result, as JSON. */
export const maximumPayloadBytes = 6_291_556;

/** How long an invocation waits for a busy environment before another one is started. */
const patienceMs = 50;

/** One function of the template: as many execution environments as it needs, up to a limit, started when needed. */
export class LocalFunction {
  readonly name: string;
  /** How many there have been. */
  invocations = 0;
  private readonly settings: WorkerSettings;
  private limit: number;
  private readonly reserved: number;
  private readonly log: Log;
  private readonly account: AccountConcurrency;
  private readonly mayFeedItself: boolean;
  private workers: FunctionWorker[] = [];
  private readonly taken = new Set<FunctionWorker>();
  private starting = 0;
  private running = 0;
  private readonly waiting: Array<() => void> = [];
  private closed = false;

  /** `reserved` is what the template reserves, infinite if nothing. */
  constructor(
    name: string,
    settings: WorkerSettings,
    {
      concurrency,
      reserved,
      log,
      account = new AccountConcurrency(Number.POSITIVE_INFINITY),
      mayFeedItself = false,
    }: {
      concurrency: number;
      reserved: number;
      log: Log;
      account?: AccountConcurrency;
      mayFeedItself?: boolean;
    },
  ) {
    this.name = name;
    this.settings = settings;
    this.reserved = reserved;
    this.limit = Math.max(1, Math.min(concurrency, reserved));
    this.log = log;
    this.account = account;
    this.mayFeedItself = mayFeedItself;
  }

  /** How many invocations can run at once. */
  get concurrency(): number {
    return this.limit;
  }

  /** Lets more invocations run at once, unless the template reserves a number. */
  allow(concurrency: number): void {
    this.limit = Math.max(this.limit, Math.min(concurrency, this.reserved));
  }

  /** Whether nothing runs and nothing waits to run. */
  get idle(): boolean {
    return this.running === 0;
  }

  /**
   * Runs the function on a JSON event; answers its result, parsed. Failures are logged with the function's name. Throws
   * `ThrottledError` if the account's concurrency is used up. `traces`: the trace headers of the messages in the event.
   */
  async invoke(event: string, traces: readonly (string | undefined)[] = []): Promise<unknown> {
    const giveBack = this.account.take();
    this.running += 1;
    this.invocations += 1;
    let worker: FunctionWorker | undefined;
    try {
      const trace = traceOfInvocation(this.name, traces, this.mayFeedItself);
      worker = await this.acquire();
      const result = await worker.invoke(event, trace);
      if (Buffer.byteLength(result) > maximumPayloadBytes) {
        const reason = `Response payload size exceeded maximum allowed payload size (${maximumPayloadBytes} bytes)`;
        throw failure('Function.ResponseSizeTooLarge', reason);
      }
      return JSON.parse(result);
    } catch (error) {
      if (error instanceof FunctionError && !this.closed) {
        const place = error.trace.slice(1, 4).join('\n');
        this.log.error(`${this.name} failed: ${error.errorType}: ${error.message}${place ? `\n${place}` : ''}`);
      }
      throw error;
    } finally {
      this.running -= 1;
      giveBack();
      if (worker) this.taken.delete(worker);
      this.waiting.shift()?.();
    }
  }

  /** Loads the function before it is needed. */
  async warm(): Promise<void> {
    if (this.workers.length + this.starting === 0) await this.start();
  }

  /** Ends all its environments, in the middle of whatever they do. */
  async kill(): Promise<number> {
    const killed = this.workers.filter(({ alive }) => alive);
    this.workers = [];
    await Promise.all(killed.map((worker) => worker.kill()));
    return killed.length;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.kill();
  }

  private async acquire(): Promise<FunctionWorker> {
    for (;;) {
      if (this.closed) throw failure('Runtime.ExitError', 'The local run is stopping');
      this.workers = this.workers.filter(({ alive }) => alive);
      const free = this.workers.find((worker) => !this.taken.has(worker));
      if (free) {
        this.taken.add(free);
        return free;
      }
      const started = this.workers.length + this.starting;
      if (started === 0) await this.start();
      else if (await this.released(started < this.limit ? patienceMs : undefined)) continue;
      else if (this.workers.length + this.starting < this.limit) await this.start();
    }
  }

  /** Whether an environment was given back in time. */
  private released(withinMs: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => done(false), withinMs);
      const released = (): void => done(true);
      const done = (result: boolean): void => {
        clearTimeout(timer);
        const at = this.waiting.indexOf(released);
        if (at !== -1) this.waiting.splice(at, 1);
        resolve(result);
      };
      this.waiting.push(released);
    });
  }

  private async start(): Promise<void> {
    this.starting += 1;
    try {
      const worker = await FunctionWorker.start(this.settings);
      if (this.closed) await worker.kill();
      else this.workers.push(worker);
    } finally {
      this.starting -= 1;
      this.waiting.shift()?.();
    }
  }
}
