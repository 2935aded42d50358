import { describe, expect, it } from 'vitest';
import type { BusEvent, Rule, Target } from '../../../../local/aws/eventbridge/event-bus.ts';
import { deliverTo, targetInput } from '../../../../local/aws/eventbridge/event-targets.ts';
import { Sqs } from '../../../../local/aws/sqs/sqs.ts';
import type { LocalFunctions } from '../../../../local/lambda/functions.ts';
import { collectingLog } from '../../../../local/log.ts';
import { temporaryDirectory } from '../../temporary-directory.ts';

const event: BusEvent = {
  version: '0',
  id: 'e-1',
  'detail-type': 'Lead Entered Segment',
  source: 'lead-segments',
  account: '000000000000',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: ['arn:a'],
  detail: { lead: { id: 'lead "1"' }, sequence: 3 },
};
const rule: Rule = { name: 'r', busName: 'b', arn: 'arn:r', enabled: true, targets: [], fromTemplate: false };
const input = (target: Partial<Target>) => targetInput(event, rule, { Id: 't', Arn: 'arn:aws:sqs:::q', ...target });

describe('what a target gets', () => {
  it('is the whole event by default', () => {
    expect(JSON.parse(input({}))).toEqual(event);
  });

  it('is a constant', () => {
    expect(input({ Input: '{"a":1}' })).toBe('{"a":1}');
  });

  it('is a part of the event', () => {
    expect(input({ InputPath: '$.detail.lead' })).toBe('{"id":"lead \\"1\\""}');
    expect(input({ InputPath: '$.resources[0]' })).toBe('"arn:a"');
  });

  it('is a JSON template, with texts inside quotes and values outside', () => {
    const InputTemplate =
      '{"who": "lead <id>", "n": <sequence>, "whole": <lead>, "rule": "<aws.events.rule-name>", "no": <missing>}';
    const InputPathsMap = {
      id: '$.detail.lead.id',
      sequence: '$.detail.sequence',
      lead: '$.detail.lead',
      missing: '$.detail.x',
    };
    expect(JSON.parse(input({ InputTransformer: { InputPathsMap, InputTemplate } }))).toEqual({
      who: 'lead lead "1"',
      n: 3,
      whole: { id: 'lead "1"' },
      rule: 'r',
      no: null,
    });
  });

  it('is a text template', () => {
    const transformer = { InputPathsMap: { n: '$.detail.sequence' }, InputTemplate: '"number <n>, not <unknown>"' };
    expect(input({ InputTransformer: transformer })).toBe('"number 3, not <unknown>"');
  });
});

describe('what cannot be delivered', () => {
  it('goes to the dead letters of the target, with the reason', () => {
    const log = collectingLog();
    const sqs = new Sqs(temporaryDirectory(), 'us-east-1', log);
    const deadLetters = sqs.open('dead', {});
    const deliver = deliverTo({ sqs, functions: {} as LocalFunctions, log, retryDelayMs: 1, logLine: () => undefined });
    const target = {
      Id: 't',
      Arn: 'arn:aws:sqs:us-east-1:000000000000:none',
      DeadLetterConfig: { Arn: deadLetters.arn },
    };
    deliver(event, rule, target);
    const [message] = deadLetters.messages();
    expect(JSON.parse(message?.body ?? '')).toEqual(event);
    expect(message?.attributes).toMatchObject({
      RULE_ARN: { StringValue: 'arn:r' },
      ERROR_CODE: { StringValue: 'NO_RESOURCE' },
    });
    expect(log.problems).toEqual([expect.stringContaining('Rule r could not deliver')]);
  });
});
