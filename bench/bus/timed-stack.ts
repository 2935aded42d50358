import type { Clock } from '../../local/clock.ts';
import { collectingLog } from '../../local/log.ts';
import { startLocalStack } from '../../local/stack.ts';
import { benchStackOptions, type DrivenStack, type StartStack } from '../load/driven-stack.ts';
import { MovedTime } from './moved-time.ts';

/** A stack whose time moves, and whose schedules run when they are told to. */
export interface TimedStack extends DrivenStack {
  readonly time: MovedTime;
  readonly problems: readonly string[];
  /** Runs a schedule now. */
  fire(scheduleId: string): void;
}

/** A stack in this process. Its schedules are fired by hand: a minute of moved time may be over in a moment. */
export const timedStackInside: StartStack<TimedStack> = async (stateDirectory) => {
  const log = collectingLog();
  const options = { stateDirectory, log, schedules: false, movableClock: true, ...benchStackOptions };
  const stack = await startLocalStack(options);
  return {
    file: stack.file,
    time: new MovedTime(stack.clock as Clock),
    problems: log.problems,
    fire: stack.fire,
    idle: stack.idle,
    warm: stack.warm,
    kill: stack.kill,
    messagesKept: async () => stack.messagesKept(),
    stop: stack.stop,
  };
};
