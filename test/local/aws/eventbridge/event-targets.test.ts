import { describe, expect, it } from 'vitest';
import type { BusEvent, Rule } from '../../../../local/aws/eventbridge/event-bus.ts';
import { deliverTo } from '../../../../local/aws/eventbridge/event-targets.ts';
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
const rule: Rule = { name: 'r', busName: 'b', arn: 'arn:r', enabled: true, targets: [] };

function deliveryTo() {
  const log = collectingLog();
  const sqs = new Sqs(temporaryDirectory(), 'us-east-1', log);
  const destinations = { sqs, functions: {} as LocalFunctions, log, retryDelayMs: 1 };
  return { log, sqs, deliver: deliverTo(destinations) };
}

it('hands over the whole event, or the constant that the target gives', () => {
  const { sqs, deliver } = deliveryTo();
  const queue = sqs.open('q', {});
  deliver(event, rule, { Id: 't', Arn: queue.arn });
  deliver(event, rule, { Id: 't', Arn: queue.arn, Input: '{"a":1}' });
  expect(queue.messages().map(({ body }) => JSON.parse(body))).toEqual([event, { a: 1 }]);
});

describe('what cannot be delivered', () => {
  it('goes to the dead letters of the target, with the reason', () => {
    const { log, sqs, deliver } = deliveryTo();
    const deadLetters = sqs.open('dead', {});
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
