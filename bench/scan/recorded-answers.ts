import { Readable } from 'node:stream';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Handler = DynamoDBClient['config']['requestHandler'];
type Answer = Awaited<ReturnType<Handler['handle']>>;

/** As sockets give it. */
const chunkBytes = 65_536;

/**
 * Keeps the bytes of every answer that a client gets, and gives them again: when `isReplaying`, answers come from memory in
 * their order, round and round, and all that is left to measure is what the SDK and we do with them.
 */
export class RecordedAnswers {
  isReplaying = false;
  /** Bytes of the bodies that were recorded. */
  bytes = 0;
  private readonly answers: { response: Answer['response']; chunks: Buffer[] }[] = [];
  private next = 0;

  constructor(client: DynamoDBClient) {
    const handler = client.config.requestHandler;
    const handle = handler.handle.bind(handler);
    handler.handle = async (...parameters) =>
      this.isReplaying ? this.replay() : this.record(await handle(...parameters));
  }

  private async record({ response }: Answer): Promise<Answer> {
    const parts: Buffer[] = [];
    for await (const part of response.body) parts.push(part);
    const body = Buffer.concat(parts);
    const chunks: Buffer[] = [];
    for (let from = 0; from < body.length; from += chunkBytes) chunks.push(body.subarray(from, from + chunkBytes));
    this.bytes += body.length;
    this.answers.push({ response, chunks });
    return this.answerOf(response, chunks);
  }

  private replay(): Answer {
    const { response, chunks } = this.answers[this.next++ % this.answers.length]!;
    return this.answerOf(response, chunks);
  }

  private answerOf(response: Answer['response'], chunks: Buffer[]): Answer {
    const { headers, ...rest } = response;
    const copy: Answer['response'] = Object.create(Object.getPrototypeOf(response));
    return { response: Object.assign(copy, rest, { headers: { ...headers }, body: Readable.from(chunks) }) };
  }
}
