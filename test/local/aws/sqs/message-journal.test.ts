import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newMessage } from '../../../../local/aws/sqs/message.ts';
import { readJournal } from '../../../../local/aws/sqs/message-journal.ts';
import { Sqs } from '../../../../local/aws/sqs/sqs.ts';
import { collectingLog } from '../../../../local/log.ts';
import { temporaryDirectory } from '../../temporary-directory.ts';

const bodies = (sqs: Sqs, name: string) =>
  sqs
    .open(name, {})
    .messages()
    .map(({ body }) => body);

function openSqs(directory: string, log = collectingLog()): Sqs {
  return new Sqs(directory, 'us-east-1', log);
}

describe('the journal', () => {
  it('gives back what was sent and not deleted, with receive counts and delays', async () => {
    const directory = temporaryDirectory();
    const before = openSqs(directory);
    const queue = before.open('q', {});
    queue.add([newMessage('deleted'), newMessage('received'), newMessage('delayed', {}, 900)]);
    const [deleted, received] = queue.receive(2);
    queue.delete([deleted?.receiptHandle ?? '']);
    await before.stop();

    const after = openSqs(directory).open('q', {});
    expect(after.messages().map(({ body }) => body)).toEqual(['received', 'delayed']);
    expect(after.messages()[0]?.id).toBe(received?.message.id);
    expect(after.counts).toEqual({ ready: 1, delayed: 1, inFlight: 0 });
    expect(after.receive(1)[0]?.message.receiveCount).toBe(2);
  });

  it('survives a process that is killed in the middle', () => {
    const directory = temporaryDirectory();
    const source = `
      import { Sqs } from ${JSON.stringify(pathToFileURL('local/aws/sqs/sqs.ts').href)};
      import { newMessage } from ${JSON.stringify(pathToFileURL('local/aws/sqs/message.ts').href)};
      const sqs = new Sqs(${JSON.stringify(directory)}, 'us-east-1', console);
      const queue = sqs.open('q', {});
      queue.add([newMessage('kept'), newMessage('gone')]);
      queue.delete(queue.receive(2).slice(1).map(({ receiptHandle }) => receiptHandle));
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source]);
    expect(killed.signal).toBe('SIGKILL');
    expect(bodies(openSqs(directory), 'q')).toEqual(['kept']);
  });

  it('reads past a last line that was cut off, and tells of a broken line before it', () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'messages.jsonl');
    openSqs(directory)
      .open('q', {})
      .add([newMessage('first')]);
    appendFileSync(file, 'not json\n{"added":"q","messages":[{"id":"cut');
    const log = collectingLog();
    expect(
      readJournal(file, log)
        .get('q')
        ?.map(({ body }) => body),
    ).toEqual(['first']);
    expect(log.problems).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('knows a dead letter by its own queue', async () => {
    const directory = temporaryDirectory();
    const sqs = openSqs(directory);
    const deadLetters = sqs.open('dead', {});
    const policy = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1 };
    const queue = sqs.open('q', { RedrivePolicy: JSON.stringify(policy) });
    queue.add([newMessage('poison')]);
    queue.receive(1, 1);
    await queue.waitForMessage(1_000);
    queue.receive(1);
    const again = openSqs(directory);
    expect(bodies(again, 'dead')).toEqual(['poison']);
    expect(bodies(again, 'q')).toEqual([]);
  });

  it('does not grow with messages that are gone', async () => {
    const directory = temporaryDirectory();
    const sqs = openSqs(directory);
    const queue = sqs.open('q', {});
    for (let round = 0; round < 100; round += 1) {
      queue.add(Array.from({ length: 10 }, () => newMessage('x'.repeat(100_000))));
      queue.delete(queue.receive(10).map(({ receiptHandle }) => receiptHandle));
    }
    queue.add([newMessage('last')]);
    expect(statSync(join(directory, 'messages.jsonl')).size).toBeLessThan(70 * 1024 * 1024);
    await sqs.stop();
    expect(readFileSync(join(directory, 'messages.jsonl'), 'utf8').split('\n')).toHaveLength(2);
    expect(bodies(openSqs(directory), 'q')).toEqual(['last']);
  });

  it('knows nothing of the queues of clients, which end with the process', async () => {
    const directory = temporaryDirectory();
    const sqs = openSqs(directory);
    sqs.create('mine', {}).add([newMessage('gone')]);
    await sqs.stop();
    expect(readFileSync(join(directory, 'messages.jsonl'), 'utf8')).toBe('');
  });

  it('tells of messages in a queue that the template has no more', () => {
    const directory = temporaryDirectory();
    openSqs(directory)
      .open('renamed', {})
      .add([newMessage('orphan')]);
    const log = collectingLog();
    openSqs(directory).forgetOtherQueues(log);
    expect(log.problems).toEqual([expect.stringContaining('1 messages were left in renamed')]);
  });
});
