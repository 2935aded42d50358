import { z } from 'zod';
import { readAs } from '../../shared/problem/read-as.ts';
import { type RedrivableQueue, redrivable } from './redrive-queues.ts';

/** What `show --json` prints a line, as far as it matters here; what else is there stays as it was. */
const editSchema = z.looseObject({
  messageId: z.string().min(1),
  body: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
});

/** Corrected bodies by message id, and what is wrong with those that the queue would refuse again. */
export interface Edits {
  readonly bodies: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** Reads corrected messages, one JSON object a line: `{"messageId", "body"}`, the body as text or as JSON itself. */
export function readEdits(text: string, queue: RedrivableQueue, now: number): Edits {
  const bodies = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const problem = readEdit(line, queue, now, bodies);
    if (problem !== undefined) problems.push(`line ${index + 1}: ${problem}`);
  }
  return { bodies, problems };
}

function readEdit(line: string, queue: RedrivableQueue, now: number, into: Map<string, string>): string | undefined {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `is not JSON: ${error.message}`;
  }
  const edit = readAs(editSchema, content);
  if (!edit.success) return edit.errors.map(({ path, message }) => `${path || 'line'}: ${message}`).join('; ');
  const { messageId } = edit.data;
  if (into.has(messageId)) return `${messageId} is there twice`;
  const body = typeof edit.data.body === 'string' ? edit.data.body : JSON.stringify(edit.data.body);
  const refused = redrivable[queue](body, now);
  if (refused !== undefined) return `${messageId} would be refused: ${refused}`;
  into.set(messageId, body);
  return undefined;
}
