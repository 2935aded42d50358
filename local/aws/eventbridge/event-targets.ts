import { setTimeout as sleep } from 'node:timers/promises';
import { untilThereIsRoom } from '../../lambda/account-concurrency.ts';
import type { LocalFunctions } from '../../lambda/functions.ts';
import type { Log } from '../../log.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { Deliver, Rule, Target } from './event-bus.ts';

/** What rules can send to. */
interface Destinations {
  sqs: Sqs;
  functions: LocalFunctions;
  log: Log;
  retryDelayMs: number;
}

/** Why this machine cannot deliver to a target as it is wished; undefined when it can. */
export function whyUndeliverable(target: Target): string | undefined {
  if (!/^arn:aws:(sqs|lambda|logs):/.test(target.Arn)) {
    return `the local run delivers to queues, functions and log groups, not to ${target.Arn}`;
  }
  if (isLogGroup(target)) return undefined;
  const shaped = ['InputPath', 'InputTransformer'].find((name) => name in target);
  return shaped && `the local run delivers whole events: it does not know ${shaped}`;
}

const isLogGroup = ({ Arn }: Target) => Arn.startsWith('arn:aws:logs:');

/** Delivers to queues at once, to functions asynchronously with retries; what fails goes to its dead letters. */
export function deliverTo(destinations: Destinations): Deliver {
  const { sqs, functions, log, retryDelayMs } = destinations;

  const giveUp = (payload: string, rule: Rule, target: Target, code: string, message: string): void => {
    const deadLetters = target.DeadLetterConfig?.Arn === undefined ? undefined : sqs.byArn(target.DeadLetterConfig.Arn);
    const where = deadLetters ? `it is in ${deadLetters.name}` : 'it is lost: the target has no dead-letter queue';
    log.error(`Rule ${rule.name} could not deliver to ${target.Arn} (${message}); ${where}.`);
    if (!deadLetters) return;
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    sqs.send(deadLetters, payload, {
      RULE_ARN: attribute(rule.arn),
      TARGET_ARN: attribute(target.Arn),
      ERROR_CODE: attribute(code),
      ERROR_MESSAGE: attribute(message),
    });
  };

  const invoke = async (payload: string, rule: Rule, target: Target): Promise<void> => {
    const patienceMs = Math.min(target.RetryPolicy?.MaximumEventAgeInSeconds ?? 21_600, 21_600) * 1_000;
    const attempts = Math.min(target.RetryPolicy?.MaximumRetryAttempts ?? 2, 2) + 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await untilThereIsRoom(() => functions.byArn(target.Arn).invoke(payload), { patienceMs });
        return;
      } catch (error) {
        if (functions.stopping) return;
        if (attempt >= attempts) return giveUp(payload, rule, target, 'SDK_CLIENT_ERROR', (error as Error).message);
        await sleep(retryDelayMs * 2 ** attempt);
      }
    }
  };

  return (event, rule, target) => {
    const payload = target.Input ?? JSON.stringify(event);
    // There are no log groups here: who starts the stack hears of each event anyway.
    if (isLogGroup(target)) return;
    if (target.Arn.startsWith('arn:aws:lambda:')) return void invoke(payload, rule, target);
    const queue = sqs.byArn(target.Arn);
    if (queue) sqs.send(queue, payload);
    else giveUp(payload, rule, target, 'NO_RESOURCE', 'there is no such queue');
  };
}
