/** What was edited, and the way back and forth. `T` is compared by identity. */
export interface EditHistory<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last edit was about, and when (epoch ms): the next one about the same belongs to it while one types on. */
  readonly about: string | undefined;
  readonly at: number;
}

const mostSteps = 200;
const togetherMs = 1_000;

/** Nothing edited yet. */
export function startHistory<T>(present: T): EditHistory<T> {
  return { past: [], present, future: [], about: undefined, at: 0 };
}

/** After an edit at `now` (epoch ms). What follows about the same in a second is undone with it. */
export function edited<T>(history: EditHistory<T>, present: T, about: string | undefined, now: number): EditHistory<T> {
  if (present === history.present) return history;
  const isTogether = about !== undefined && about === history.about && now - history.at < togetherMs;
  const past = isTogether ? history.past : [...history.past, history.present].slice(-mostSteps);
  return { past, present, future: [], about, at: now };
}

/** One step back; the same where there is none. */
export function undone<T>(history: EditHistory<T>): EditHistory<T> {
  const { past, present, future } = history;
  if (past.length === 0) return history;
  return { past: past.slice(0, -1), present: past.at(-1)!, future: [present, ...future], about: undefined, at: 0 };
}

/** One step forth again; the same where there is none. */
export function redone<T>(history: EditHistory<T>): EditHistory<T> {
  const { past, present, future } = history;
  if (future.length === 0) return history;
  return { past: [...past, present], present: future[0]!, future: future.slice(1), about: undefined, at: 0 };
}
