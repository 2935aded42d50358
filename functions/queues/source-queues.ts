import type { SQSRecord } from 'aws-lambda';
import { setting } from '../../shared/aws/settings.ts';

/** A queue that wakes the function, and where its dead letters go. */
export interface SourceQueue {
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
}

/** The queues that wake the function, as its settings name them. */
export function sourceQueues(): readonly SourceQueue[] {
  const deadLetters = setting('DEAD_LETTERS_QUEUE_URL').split(',');
  return setting('SOURCE_QUEUE_URL')
    .split(',')
    .map((queueUrl, index) => ({ queueUrl, deadLettersUrl: deadLetters[index]! }));
}

/** The queue that a message came from, of those that wake the function. */
export function sourceOf(sources: readonly SourceQueue[], record: SQSRecord | undefined): SourceQueue {
  const name = record?.eventSourceARN?.split(':').at(-1);
  return sources.find(({ queueUrl }) => queueUrl.endsWith(`/${name}`)) ?? sources[0]!;
}
