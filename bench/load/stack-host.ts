import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IdleOptions } from '../../local/idle.ts';
import { collectingLog } from '../../local/log.ts';
import { startLocalStack } from '../../local/stack.ts';
import { benchStackOptions } from './driven-stack.ts';

/**
 * A process of its own: `stack-host.ts DIRECTORY` runs a stack on what is kept there, with the assembly that is there if one
 * is, and does what its parent asks of it. Without its parent it stops.
 */
const [directory = ''] = process.argv.slice(2);
const assembly = join(directory, 'cdk.out');

/** What a parent may ask, by name; each question has at most one value. */
export interface Question {
  readonly id: number;
  readonly ask: 'idle' | 'warm' | 'kill' | 'messagesKept' | 'stop';
  readonly value?: unknown;
}

/** Answers carry what went wrong since the last one. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly failed?: string;
  readonly problems: readonly string[];
}

const log = collectingLog();
const stack = await startLocalStack({
  stateDirectory: directory,
  ...(existsSync(join(assembly, 'manifest.json')) && { assembly }),
  log,
  ...benchStackOptions,
});

const answers: Record<Question['ask'], (value: unknown) => unknown> = {
  idle: (value) => stack.idle(value as IdleOptions | undefined),
  warm: () => stack.warm(),
  kill: (value) => stack.kill(String(value)),
  messagesKept: () => stack.messagesKept(),
  stop: () => stack.stop(),
};

const tell = (answer: Omit<Answer, 'problems'>) => process.send?.({ ...answer, problems: log.problems.splice(0) });

async function answer({ id, ask, value }: Question): Promise<void> {
  try {
    tell({ id, value: await answers[ask](value) });
  } catch (error) {
    tell({ id, failed: String((error as Error)?.stack ?? error) });
  }
  if (ask === 'stop') process.disconnect();
}

let isStopping = false;
process.on('message', (question: Question) => {
  isStopping ||= question.ask === 'stop';
  void answer(question);
});
process.once('disconnect', () => {
  if (!isStopping) void stack.stop().finally(() => process.exit(1));
});
tell({ id: 0, value: stack.file });
