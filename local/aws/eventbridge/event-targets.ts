import type { LocalFunctions } from '../../lambda/functions.ts';
import type { Log } from '../../log.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { type BusEvent, type Deliver, type Rule, type Target, valueAtPath } from './event-bus.ts';

/** What rules can send to. */
export interface Destinations {
  sqs: Sqs;
  functions: LocalFunctions;
  /** Log group targets: one line per event. */
  logLine(event: BusEvent): void;
  log: Log;
  retryDelayMs: number;
}

/** The kinds of target that this machine delivers to, told by their ARN. */
export function isDeliverable(arn: string): boolean {
  return /^arn:aws:(sqs|lambda|logs):/.test(arn);
}

/** Delivers to queues and logs at once, to functions asynchronously with retries; what fails goes to its dead letters. */
export function deliverTo(destinations: Destinations): Deliver {
  const { sqs, functions, logLine, log, retryDelayMs } = destinations;

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
    const attempts = Math.min(target.RetryPolicy?.MaximumRetryAttempts ?? 2, 2) + 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await functions.byArn(target.Arn).invoke(payload);
        return;
      } catch (error) {
        if (functions.stopping) return;
        if (attempt >= attempts) return giveUp(payload, rule, target, 'SDK_CLIENT_ERROR', (error as Error).message);
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs * 2 ** attempt));
      }
    }
  };

  return (event, rule, target) => {
    const payload = targetInput(event, rule, target);
    if (target.Arn.startsWith('arn:aws:logs:')) return logLine(event);
    if (target.Arn.startsWith('arn:aws:lambda:')) return void invoke(payload, rule, target);
    const queue = sqs.byArn(target.Arn);
    if (queue) sqs.send(queue, payload);
    else giveUp(payload, rule, target, 'NO_RESOURCE', 'there is no such queue');
  };
}

/** What the target gets: the event, a part of it, a constant, or a template filled from it. */
export function targetInput(event: BusEvent, rule: Rule, target: Target): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAtPath(event, target.InputPath) ?? {});
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': event,
    'aws.events.event.json': event,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = valueAtPath(event, path);
  return fillTemplate(InputTemplate, values);
}

/** Inside quotes a text stands as it is; elsewhere each value stands as JSON. */
function fillTemplate(template: string, values: Record<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>]+)>/g, (match, name: string | undefined) => {
    if (match === '"') quoted = !quoted;
    if (name === undefined || !Object.hasOwn(values, name)) return match;
    const json = JSON.stringify(values[name] ?? (quoted ? '' : null));
    if (!quoted) return json;
    return typeof values[name] === 'string'
      ? json.slice(1, -1)
      : JSON.stringify(json)
          .slice(1, -1)
          .replace(/^\\"\\"$/, '');
  });
}
