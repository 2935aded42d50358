import type { DeadLetter, TakenLetters } from '../../shared/freshness/dead-letter-queue-store.ts';
import { reasonsOf } from '../../shared/freshness/dead-letter-reasons.ts';

const shownReasons = 8;
const shownBodyCharacters = 300;
const noReason = 'no reason: too large to carry one, or received too often; the log of its worker has it';

/** What `list` says of a queue: how many wait, how old, and why. */
export function describeQueue(name: string, { letters, isAll }: TakenLetters, now: number): string {
  const [oldest, newest] = [letters[0], letters.at(-1)];
  if (!oldest || !newest) return `${name}: nothing waits`;
  const kinds = reasonsOf(letters);
  const lines = kinds
    .slice(0, shownReasons)
    .map(({ reason = noReasonOf(name), messages }) => `${String(messages).padStart(7)}  ${reason}`);
  const others = kinds.slice(shownReasons).reduce((sum, { messages }) => sum + messages, 0);
  if (others > 0) lines.push(`${String(others).padStart(7)}  other reasons`);
  const ages = `sent ${ageOf(now - newest.sentAt)} to ${ageOf(now - oldest.sentAt)} ago`;
  return [`${name}: ${isAll ? '' : 'at least '}${letters.length}, ${ages}`, ...lines].join('\n');
}

/** Why a message is there that says nothing of it. */
function noReasonOf(name: string): string {
  return name === 'streamDeadLetters'
    ? 'a stream gave its batch up; show says which function, and the batch'
    : noReason;
}

/** What `show` says of a message. */
export function describeLetter({ messageId, sentAt, receiveCount, reason, body }: DeadLetter): string {
  const text = [...body.slice(0, 2 * shownBodyCharacters)];
  const shown = text.slice(0, shownBodyCharacters).join('').replace(/\s+/g, ' ');
  return [
    messageId,
    `  sent     ${new Date(sentAt).toISOString()}`,
    `  received ${receiveCount} times`,
    `  reason   ${reason ?? noReason}`,
    `  body     ${shown}${shown.length < body.length ? ` … (${body.length} characters)` : ''}`,
  ].join('\n');
}

/** What `show --json` prints of a message: its body as JSON where it is an object, to be corrected easily. */
export function jsonOfLetter({ messageId, sentAt, receiveCount, reason, body }: DeadLetter): string {
  const { text, json } = bodyOf(body);
  const sent = new Date(sentAt).toISOString();
  return JSON.stringify({ messageId, sentAt: sent, receiveCount, reason, body: json ?? text });
}

function bodyOf(text: string): { text: string; json?: object } {
  try {
    const json: unknown = JSON.parse(text);
    // Only what comes out as it went in: large numbers, for one, do not.
    const isSame = typeof json === 'object' && json !== null && !Array.isArray(json) && JSON.stringify(json) === text;
    return isSame ? { text, json } : { text };
  } catch (error) {
    if (error instanceof SyntaxError) return { text };
    throw error;
  }
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
