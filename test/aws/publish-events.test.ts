import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BusEvent } from '../../shared/aws/bus-event.ts';
import { publishEvents } from '../../shared/aws/publish-events.ts';
import { eventBridge, sqs, withoutPauses } from '../queues/faults.ts';

withoutPauses();

const bus = mockClient(eventBridge);
const queue = mockClient(sqs);
beforeEach(() => {
  bus.reset();
  queue.reset();
  queue.on(SendMessageBatchCommand).resolves({ Failed: [] });
});

const ports = { eventBridge, sqs, busName: 'the-bus', deadLettersQueueUrl: 'https://dead-letters' };
const eventOf = (id: string, filling = ''): BusEvent => ({ type: 'Lead Entered Segment', detail: { id, filling } });

const calls = () => bus.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
const idsOf = (entries: readonly { Detail?: string | undefined }[]) =>
  entries.map(({ Detail }) => JSON.parse(Detail!).id);

/** Answers as a bus that refuses those ids, so many times each. */
function refuse(timesById: Record<string, number>, code = 'ThrottlingException'): void {
  const left = new Map(Object.entries(timesById));
  bus.on(PutEventsCommand).callsFake(({ Entries }) => ({
    Entries: idsOf(Entries).map((id) => {
      const times = left.get(id) ?? 0;
      left.set(id, times - 1);
      return times > 0 ? { ErrorCode: code, ErrorMessage: 'no' } : { EventId: 'x' };
    }),
  }));
}

describe('publishing events', () => {
  test('puts ten a call at most, on the bus, from one source', async () => {
    refuse({});
    await publishEvents(
      ports,
      Array.from({ length: 23 }, (_, index) => eventOf(`e${index}`)),
    );
    expect(calls().map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(calls()[0]![0]).toEqual({
      EventBusName: 'the-bus',
      Source: 'lead-segments',
      DetailType: 'Lead Entered Segment',
      Detail: JSON.stringify({ id: 'e0', filling: '' }),
    });
    expect(queue.calls()).toHaveLength(0);
  });

  test('puts no more in a call than the bus takes: 256 KB, counted in bytes', async () => {
    refuse({});
    await publishEvents(
      ports,
      Array.from({ length: 12 }, (_, index) => eventOf(`e${index}`, 'ü'.repeat(30_000))),
    );
    expect(calls().flatMap(idsOf)).toEqual(Array.from({ length: 12 }, (_, index) => `e${index}`));
    for (const entries of calls()) {
      const bytes = entries.reduce((sum, { Detail }) => sum + Buffer.byteLength(Detail!), 0);
      expect(bytes).toBeLessThan(256 * 1024);
    }
  });

  test('puts again just what was refused, until it is taken', async () => {
    refuse({ b: 1, d: 2 });
    await publishEvents(
      ports,
      ['a', 'b', 'c', 'd'].map((id) => eventOf(id)),
    );
    expect(calls().map(idsOf)).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['d']]);
    expect(queue.calls()).toHaveLength(0);
  });

  test('parks whole what the bus keeps refusing, with the reason, and nothing else', async () => {
    refuse({ b: 99 }, 'InternalFailure');
    await publishEvents(
      ports,
      ['a', 'b'].map((id) => eventOf(id)),
    );
    expect(calls().map(idsOf)).toEqual([['a', 'b'], ...Array(4).fill(['b'])]);
    const letters = queue.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      QueueUrl: 'https://dead-letters',
      Entries: [
        {
          MessageBody: JSON.stringify(eventOf('b')),
          MessageAttributes: { reason: { DataType: 'String', StringValue: 'InternalFailure' } },
        },
      ],
    });
  });

  test('fails when the bus does not answer at all, so that the stream delivers again', async () => {
    bus.on(PutEventsCommand).rejects(new Error('unreachable'));
    await expect(publishEvents(ports, [eventOf('a')])).rejects.toThrow('unreachable');
    expect(queue.calls()).toHaveLength(0);
  });

  test('of nothing calls nobody', async () => {
    await publishEvents(ports, []);
    expect(bus.calls()).toHaveLength(0);
  });
});
