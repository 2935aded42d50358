import type { IdleOptions } from '../../local/idle.ts';
import { collectingLog } from '../../local/log.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import type { StackFile } from '../../local/stack-file.ts';

/** What a run needs of the stack that it drives. */
export interface DrivenStack {
  readonly file: StackFile;
  /** Resolves when no message is ready or in flight, no function runs and all streams are read. */
  idle(options?: IdleOptions): Promise<void>;
  warm(): Promise<void>;
  /** Ends a function in the middle of what it does; answers how many threads that were. */
  kill(functionId: string): Promise<number>;
  messagesKept(): Promise<ReturnType<LocalStack['messagesKept']>>;
  stop(): Promise<void>;
}

/** Starts a stack on what is kept in a directory. */
export type StartStack<Stack extends DrivenStack = DrivenStack> = (directory: string) => Promise<Stack>;

/** The app that benches run: the product with a subscriber. */
export const subscribedApp = 'bench/load/subscribed-app.ts';

const { BENCH_ASSEMBLY: assembly } = process.env;

/**
 * How a stack is started for a bench: nothing is waited for longer than needed, and nothing synthesized that
 * `BENCH_ASSEMBLY` names.
 */
export const benchStackOptions: { readonly retryDelayMs: number; readonly assembly?: string; readonly app?: string } = {
  retryDelayMs: 200,
  ...(assembly ? { assembly } : { app: subscribedApp }),
};

/** A stack in this process. */
export const stackInside: StartStack = async (stateDirectory) => {
  const stack = await startLocalStack({ stateDirectory, log: collectingLog(), ...benchStackOptions });
  return {
    file: stack.file,
    idle: stack.idle,
    warm: stack.warm,
    kill: stack.kill,
    messagesKept: async () => stack.messagesKept(),
    stop: stack.stop,
  };
};
