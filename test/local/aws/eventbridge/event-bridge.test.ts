import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { serveEventBridge } from '../../../../local/aws/eventbridge/event-bridge.ts';
import { type BusEvent, EventBuses, type Target } from '../../../../local/aws/eventbridge/event-bus.ts';
import { collectingLog } from '../../../../local/log.ts';

let client: EventBridgeClient;
let delivered: Array<{ event: BusEvent; target: Target }>;

beforeEach(async () => {
  delivered = [];
  const buses = new EventBuses('us-east-1', (event, _rule, target) => delivered.push({ event, target }));
  buses.addBus('bus');
  const server = await serveEventBridge(
    buses,
    { what: 'EventBridge', flag: '--events-port', port: 0 },
    collectingLog(),
  );
  onTestFinished(() => server.close());
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new EventBridgeClient({ region: 'us-east-1', endpoint: server.url, credentials });
});

const rule = { Name: 'rule', EventBusName: 'bus' };
const target = { Id: 't', Arn: 'arn:aws:sqs:us-east-1:000000000000:q' };
const good = { EventBusName: 'bus', Source: 'mine', DetailType: 'Type', Detail: '{"a":1}' };

const putRule = (EventPattern: object = { source: ['mine'] }) =>
  client.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(EventPattern) }));
const putTargets = (...Targets: Target[]) =>
  client.send(new PutTargetsCommand({ Rule: rule.Name, EventBusName: rule.EventBusName, Targets }));

describe('PutEvents', () => {
  it('delivers to the targets of rules that match, with the envelope of EventBridge', async () => {
    await putRule({ detail: { a: [1] } });
    await putTargets(target);
    const Time = new Date('2026-01-02T03:04:05Z');
    const { Entries = [], FailedEntryCount } = await client.send(
      new PutEventsCommand({
        Entries: [
          { ...good, Time, Resources: ['arn:x'] },
          { ...good, Detail: '{"a":2}' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(0);
    expect(delivered).toEqual([
      {
        target,
        event: {
          version: '0',
          id: Entries[0]?.EventId,
          'detail-type': 'Type',
          source: 'mine',
          account: '000000000000',
          time: '2026-01-02T03:04:05Z',
          region: 'us-east-1',
          resources: ['arn:x'],
          detail: { a: 1 },
        },
      },
    ]);
  });

  it('refuses each bad entry by itself', async () => {
    const { Source: _source, ...withoutSource } = good;
    const Entries = [
      good,
      withoutSource,
      { ...good, DetailType: '' },
      { ...good, Detail: '{' },
      { ...good, Detail: '[1]' },
      { ...good, Source: 'aws.ec2' },
      { ...good, EventBusName: 'nowhere' },
    ];
    const answer = await client.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(6);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'InvalidArgument',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
    ]);
  });

  it.each([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, () => good)],
    ['more than 256 KB', [good, { ...good, Detail: JSON.stringify({ text: 'x'.repeat(262_144) }) }]],
  ])('refuses %s', async (_name, Entries) => {
    await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('rules', () => {
  it('are changed and switched off, and keep their targets', async () => {
    await putRule();
    await putTargets(target, { ...target, Id: 'other' });
    const publish = (Source: string) => client.send(new PutEventsCommand({ Entries: [{ ...good, Source }] }));
    const EventPattern = JSON.stringify({ source: ['changed'] });
    await client.send(new PutRuleCommand({ ...rule, EventPattern, State: 'DISABLED' }));
    await publish('changed');
    expect(delivered).toEqual([]);
    await client.send(new PutRuleCommand({ ...rule, EventPattern }));
    await publish('mine');
    expect(delivered).toEqual([]);
    await publish('changed');
    expect(delivered.map((one) => one.target.Id)).toEqual(['t', 'other']);
  });

  it('are on a bus that is there, and targets of a rule that is there', async () => {
    await expect(putTargets(target)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const elsewhere = { Name: 'rule', EventBusName: 'nowhere', EventPattern: '{"source":["mine"]}' };
    await expect(client.send(new PutRuleCommand(elsewhere))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuse a target that cannot be delivered to, and more than five', async () => {
    await putRule();
    const answer = await putTargets({ Id: 'x', Arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m' });
    expect(answer.FailedEntries).toMatchObject([{ TargetId: 'x' }]);
    const shaped = await putTargets({ ...target, InputPath: '$.detail' } as Target);
    expect(shaped.FailedEntries).toMatchObject([{ TargetId: 't', ErrorMessage: expect.stringContaining('InputPath') }]);
    const six = Array.from({ length: 6 }, (_, at) => ({ ...target, Id: `${at}` }));
    await expect(putTargets(...six)).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('refuse a pattern that EventBridge refuses', async () => {
    await expect(putRule({ source: 'mine' })).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
    await expect(client.send(new PutRuleCommand(rule))).rejects.toMatchObject({ name: 'ValidationException' });
    const scheduled = { Name: 's', ScheduleExpression: 'rate(1 minute)' };
    await expect(client.send(new PutRuleCommand(scheduled))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
