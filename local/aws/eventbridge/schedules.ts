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
  readonly #ticking: boolean;
  #tasks = new Map<string, ScheduledTask & { cancel: () => void }>();

  /** Without `ticking` tasks run only when they are fired: for tests. */
  constructor({ ticking }: { ticking: boolean }) {
    this.#ticking = ticking;
  }

  /** Makes these, and no others, the tasks; a task that was there with the same expression keeps its beat. */
  set(tasks: ScheduledTask[]): void {
    const next = new Map<string, ScheduledTask & { cancel: () => void }>();
    for (const task of tasks) {
      const known = this.#tasks.get(task.name);
      if (known?.expression === task.expression) {
        next.set(task.name, { ...task, cancel: known.cancel });
        this.#tasks.delete(task.name);
      } else {
        const start = () => startSchedule(task.expression, () => this.#tasks.get(task.name)?.run());
        next.set(task.name, { ...task, cancel: this.#ticking ? start() : () => undefined });
      }
    }
    for (const { cancel } of this.#tasks.values()) cancel();
    this.#tasks = next;
  }

  /** Runs a task now. */
  fire(name: string): void {
    const task = this.#tasks.get(name);
    if (!task) throw new Error(`There is no schedule named ${name}; there are ${[...this.#tasks.keys()].join(', ')}.`);
    task.run();
  }

  /** Runs what recurs every few minutes: at start, as if it had been running all along. */
  catchUp(): void {
    for (const task of this.#tasks.values()) if (/^rate\(.* minutes?\)$/.test(task.expression)) task.run();
  }

  stop(): void {
    for (const { cancel } of this.#tasks.values()) cancel();
    this.#tasks.clear();
  }
}
