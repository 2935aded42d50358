import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test, vi } from 'vitest';
import { createDeadLetterQueue } from '../../shared/freshness/dead-letter-queue-store.ts';
import { sqs } from '../queues/faults.ts';

test('dead letters that were read are answered even where they cannot be given back, which is told in the log', async () => {
  const queue = mockClient(sqs);
  const Messages = Array.from({ length: 12 }, (_, index) => ({ MessageId: `m${index}`, ReceiptHandle: `r${index}` }));
  queue
    .on(ReceiveMessageCommand)
    .resolvesOnce({ Messages: Messages.slice(0, 10) })
    .resolvesOnce({ Messages: Messages.slice(10) })
    .resolves({});
  queue
    .on(ChangeMessageVisibilityBatchCommand)
    .resolvesOnce({ Failed: [{ Id: '3', Code: 'MessageNotInflight', Message: 'gone', SenderFault: true }] })
    .rejectsOnce(new Error('throttled'));
  const told = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const letters = createDeadLetterQueue(sqs, 'url', { heldSeconds: 30 });
  expect((await letters.take(100)).letters).toHaveLength(12);
  await letters.giveBack();
  expect(told.mock.calls).toEqual([['Of url, 3 dead letters stay hidden for 30 s: MessageNotInflight: gone']]);
  told.mockRestore();
});
