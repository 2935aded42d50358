import { startSchedule } from './schedule-expression.ts';

/** Something that is to happen on a schedule. */
export interface ScheduledTask {
  /** Names it for {@link Schedules.fire}. */
  name: string;
  expression: string;
  run(): void;
}

/** Runs tasks on their schedules, or when told to. */
export class Schedules {
  private readonly tasks: ReadonlyMap<string, ScheduledTask>;
  private readonly cancels: Array<() => void>;

  /** Without `ticking` tasks run only when they are fired: for tests. */
  constructor(tasks: ScheduledTask[], { ticking }: { ticking: boolean }) {
    this.tasks = new Map(tasks.map((task) => [task.name, task]));
    this.cancels = ticking ? tasks.map(({ expression, run }) => startSchedule(expression, run)) : [];
  }

  /** Runs a task now. */
  fire(name: string): void {
    const task = this.tasks.get(name);
    if (!task) throw new Error(`There is no schedule named ${name}; there are ${[...this.tasks.keys()].join(', ')}.`);
    task.run();
  }

  /** Runs what recurs every few minutes: at start, as if it had been running all along. */
  catchUp(): void {
    for (const task of this.tasks.values()) if (/^rate\(.* minutes?\)$/.test(task.expression)) task.run();
  }

  stop(): void {
    for (const cancel of this.cancels) cancel();
  }
}
