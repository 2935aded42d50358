import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Log } from '../../log.ts';
import type { Message } from './message.ts';
import type { MessageQueue, QueueObserver } from './message-queue.ts';

type Entry = { added: string; messages: Message[] } | { removed: string; ids: string[] };

const compactFromBytes = 64 * 1024 * 1024;

/**
 * Every message that was sent and not yet deleted, in a file.
 *
 * Each line is written before whoever caused it is answered, without waiting for the disk: it survives the end of this
 * process in any way, not the loss of power.
 */
export class MessageJournal implements QueueObserver {
  private readonly file: string;
  private readonly snapshot: () => Iterable<[queue: string, messages: Message[]]>;
  private descriptor: number;
  private bytes = 0;
  private compactAt = compactFromBytes;

  /** `snapshot` gives what is in the queues now, for writing the file anew when it has grown. */
  constructor(file: string, snapshot: () => Iterable<[queue: string, messages: Message[]]>) {
    this.file = file;
    this.snapshot = snapshot;
    this.descriptor = openSync(file, 'a');
    this.bytes = fstatSync(this.descriptor).size;
  }

  added(queue: MessageQueue, messages: Message[]): void {
    this.append({ added: queue.name, messages });
  }

  removed(queue: MessageQueue, ids: string[]): void {
    this.append({ removed: queue.name, ids });
    // Only here, where the queue has settled: while adding, the snapshot would miss what is being added.
    if (this.bytes > this.compactAt) this.compact();
  }

  /** Writes the file anew with what is still there. */
  compact(): void {
    const descriptor = openSync(`${this.file}.new`, 'w');
    let bytes = 0;
    for (const [name, messages] of this.snapshot()) {
      for (let from = 0; from < messages.length; from += 1_000) {
        bytes += write(descriptor, { added: name, messages: messages.slice(from, from + 1_000) });
      }
    }
    closeSync(this.descriptor);
    renameSync(`${this.file}.new`, this.file);
    this.descriptor = descriptor;
    this.bytes = bytes;
    this.compactAt = Math.max(compactFromBytes, 4 * bytes);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private append(entry: Entry): void {
    this.bytes += write(this.descriptor, entry);
  }
}

function write(descriptor: number, entry: Entry): number {
  const line = Buffer.from(`${JSON.stringify(entry)}\n`);
  let written = 0;
  while (written < line.length) written += writeSync(descriptor, line, written);
  return line.length;
}

/** What an earlier run left, by queue. A last line that was cut off by the end of that run is not counted. */
export function readJournal(file: string, log: Log): Map<string, Message[]> {
  const queues = new Map<string, Map<string, Message>>();
  const messagesOf = (name: string): Map<string, Message> => {
    const known = queues.get(name) ?? new Map<string, Message>();
    queues.set(name, known);
    return known;
  };
  for (const entry of readEntries(file, log)) {
    if ('added' in entry) {
      const messages = messagesOf(entry.added);
      for (const message of entry.messages) messages.set(message.id, message);
    } else if ('removed' in entry) {
      const messages = messagesOf(entry.removed);
      for (const id of entry.ids) messages.delete(id);
    }
  }
  return new Map([...queues].map(([name, messages]) => [name, [...messages.values()]]));
}

function* readEntries(file: string, log: Log): Generator<Entry> {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(10, from);
    const end = newline === -1 ? bytes.length : newline;
    try {
      yield JSON.parse(bytes.toString('utf8', from, end)) as Entry;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      if (newline !== -1) log.error(`${file}: a line at byte ${from} cannot be read; its messages are lost.`);
    }
    from = end + 1;
  }
}
