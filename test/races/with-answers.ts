import type { Input } from './store/database.ts';

/** What a client does with a command. */
export type Send = (command: { input: Input }) => Promise<Input>;

/** A client that answers some commands otherwise: `answer` gets what the real one would be asked, and how. */
export function withAnswers<T extends object>(
  client: T,
  answer: (command: { input: Input }, send: Send) => Promise<Input>,
): T {
  const { send } = client as unknown as { send: Send };
  return Object.assign(Object.create(client), { send: (command: { input: Input }) => answer(command, send) });
}
