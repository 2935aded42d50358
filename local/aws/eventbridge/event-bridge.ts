import type { Log } from '../../log.ts';
import { type AwsActions, AwsError, type JsonObject, serveAwsJson } from '../aws-json.ts';
import type { Listener, LocalServer } from '../http-server.ts';
import { type EventBuses, nameOfBus, type Rule, type Target } from './event-bus.ts';
import { InvalidEventPatternError } from './event-pattern.ts';
import { whyUndeliverable } from './event-targets.ts';
import { putEvents } from './put-events.ts';

const maximumTargets = 5;

/** Serves the event buses to any AWS SDK: events, and rules that last as long as this process. */
export function serveEventBridge(buses: EventBuses, listener: Listener, log: Log): Promise<LocalServer> {
  const actions: AwsActions = {
    PutEvents: (input) => putEvents(buses, input),
    PutRule: (input) => ({ RuleArn: putRule(buses, input).arn }),
    PutTargets: (input) => putTargets(buses, input),
  };
  return serveAwsJson(
    { targetPrefix: 'AWSEvents', protocol: '1.1', bodyLimitBytes: 2 * 1024 * 1024, actions },
    listener,
    log,
  );
}

function putRule(buses: EventBuses, { Name, EventBusName, EventPattern, State }: JsonObject): Rule {
  if (EventPattern === undefined) {
    throw new AwsError('ValidationException', 'The local run takes rules with an EventPattern only.');
  }
  if (!/^[.A-Za-z0-9_-]{1,64}$/.test(String(Name ?? ''))) {
    throw new AwsError('ValidationException', `Name ${String(Name)} is not valid.`);
  }
  try {
    return buses.putRule({
      name: String(Name),
      busName: nameOfBus(EventBusName),
      enabled: State !== 'DISABLED',
      eventPattern: String(EventPattern),
    });
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    throw new AwsError('InvalidEventPatternException', error.message);
  }
}

function putTargets(buses: EventBuses, { Rule, EventBusName, Targets = [] }: JsonObject): JsonObject {
  const busName = nameOfBus(EventBusName);
  const rule = buses.findRule(busName, String(Rule));
  if (!rule) {
    throw new AwsError('ResourceNotFoundException', `Rule ${String(Rule)} does not exist on EventBus ${busName}.`);
  }
  const targets = Targets as Target[];
  const deliverable = targets.filter((target) => whyUndeliverable(target) === undefined);
  const kept = rule.targets.filter(({ Id }) => !deliverable.some((target) => target.Id === Id));
  if (kept.length + deliverable.length > maximumTargets) {
    throw new AwsError('LimitExceededException', `A rule has at most ${maximumTargets} targets.`);
  }
  rule.targets = [...kept, ...deliverable];
  const failed = targets.filter((target) => !deliverable.includes(target));
  return {
    FailedEntryCount: failed.length,
    FailedEntries: failed.map((target) => ({
      TargetId: target.Id,
      ErrorCode: 'ValidationException',
      ErrorMessage: whyUndeliverable(target),
    })),
  };
}
