import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test, vi } from 'vitest';
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
  vi.spyOn(console, 'error').mockReturnValue();
});

const ports = { eventBridge, sqs, busName: 'the-bus', deadLettersQueueUrl: 'https://dead-letters' };
const eventOf = (id: string, filling = ''): BusEvent => ({ type: 'Lead Entered Segment', detail: { id, filling } });

const calls = () => bus.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);
const idsOf = (entries: readonly { Detail?: string | undefined }[]) =>
  entries.map(({ Detail }) => JSON.parse(Detail!).id);
/** Ids and reasons of the events that were parked. */
const parked = () =>
  queue
    .commandCalls(SendMessageBatchCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map(({ MessageBody, MessageAttributes }) => [
      JSON.parse(MessageBody!).detail.id,
      MessageAttributes?.reason?.StringValue,
    ]);

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

  test.each(['ThrottlingException', 'ValidationException', 'AccessDeniedException', 'InternalException'])(
    'parks whole what is refused with its call, for %s',
    async (name) => {
      bus.on(PutEventsCommand).rejects(Object.assign(new Error('not now'), { name }));
      await publishEvents(
        ports,
        ['a', 'b'].map((id) => eventOf(id)),
      );
      expect(parked()).toEqual([
        ['a', `${name}: not now`],
        ['b', `${name}: not now`],
      ]);
    },
  );

  test('puts a call that was refused as a whole again, until it is taken', async () => {
    bus.on(PutEventsCommand).rejectsOnce(new Error('Rate exceeded')).resolves({ Entries: [] });
    await publishEvents(ports, [eventOf('a')]);
    expect(calls()).toHaveLength(2);
    expect(parked()).toEqual([]);
  });

  test('parks only the one event that has its whole call refused', async () => {
    bus.on(PutEventsCommand).callsFake(({ Entries }) => {
      if (idsOf(Entries).includes('bad')) throw new Error('cannot be read');
      return { Entries: [] };
    });
    await publishEvents(
      ports,
      ['a', 'bad', 'c'].map((id) => eventOf(id)),
    );
    expect(parked()).toEqual([['bad', 'Error: cannot be read']]);
    expect(calls().slice(-3).map(idsOf)).toEqual([['a'], ['bad'], ['c']]);
  });

  test('waits for a bus that does not answer no longer than a stream can: what is left is parked untried', async () => {
    const patience = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    bus.on(PutEventsCommand).callsFake(async () => {
      patience.abort();
      throw new Error('aborted');
    });
    const events = Array.from({ length: 200 }, (_, index) => eventOf(`e${index}`));
    await publishEvents(ports, events);
    expect(calls().length).toBeLessThanOrEqual(8);
    expect(
      parked()
        .map(([id]) => id)
        .sort(),
    ).toEqual(events.map(({ detail }) => detail.id).sort());
  });

  test('parks letters that SQS takes only in another spelling', async () => {
    refuse({ a: 99 });
    await publishEvents(ports, [eventOf('a', '\uFFFE\uFFFF ü')]);
    const [letter] = queue.commandCalls(SendMessageBatchCommand).flatMap((call) => call.args[0].input.Entries ?? []);
    expect(letter!.MessageBody).not.toMatch(/[\uFFFE\uFFFF]/);
    expect(JSON.parse(letter!.MessageBody!)).toEqual(eventOf('a', '\uFFFE\uFFFF ü'));
  });

  test('fails when they cannot be parked either, so that the stream delivers again', async () => {
    bus.on(PutEventsCommand).rejects(new Error('unreachable'));
    queue.on(SendMessageBatchCommand).rejects(new Error('no queue'));
    await expect(publishEvents(ports, [eventOf('a')])).rejects.toThrow('no queue');
  });

  test('of nothing calls nobody', async () => {
    await publishEvents(ports, []);
    expect(bus.calls()).toHaveLength(0);
  });
});
