import type { Log } from '../../log.ts';
import { type AwsActions, AwsError, type JsonObject, serveAwsJson } from '../aws-json.ts';
import type { Listener, LocalServer } from '../http-server.ts';
import { type EventBuses, nameOfBus, type Rule, type Target } from './event-bus.ts';
import { InvalidEventPatternError } from './event-pattern.ts';
import { isDeliverable } from './event-targets.ts';
import { eventActions } from './put-events.ts';
import { checkSchedule, InvalidScheduleError } from './schedule-expression.ts';

const MAX_TARGETS = 5;

/** Serves the event buses to any AWS SDK. */
export function serveEventBridge(buses: EventBuses, listener: Listener, log: Log): Promise<LocalServer> {
  const actions = { ...eventActions(buses), ...busActions(buses), ...ruleActions(buses) };
  return serveAwsJson(
    { targetPrefix: 'AWSEvents', protocol: '1.1', bodyLimitBytes: 2 * 1024 * 1024, actions: translateErrors(actions) },
    listener,
    log,
  );
}

function busActions(buses: EventBuses): AwsActions {
  const describe = (Name: string): JsonObject => ({ Name, Arn: buses.arnOf(Name) });
  const existing = (name: unknown): string => {
    const busName = nameOfBus(name);
    if (!buses.has(busName)) throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    return busName;
  };
  return {
    CreateEventBus: ({ Name }) => {
      const name = checkedName(Name, /^[/.A-Za-z0-9_-]{1,256}$/);
      buses.addBus(name, false);
      return { EventBusArn: buses.arnOf(name) };
    },
    DeleteEventBus: ({ Name }) => buses.deleteBus(nameOfBus(Name)),
    DescribeEventBus: ({ Name }) => describe(existing(Name)),
    ListEventBuses: ({ NamePrefix = '' }) => ({
      EventBuses: buses
        .names()
        .filter((name) => name.startsWith(String(NamePrefix)))
        .map(describe),
    }),
  };
}

function ruleActions(buses: EventBuses): AwsActions {
  const busOf = (input: JsonObject): string => nameOfBus(input.EventBusName);
  const ruleOf = (input: JsonObject, name: unknown): Rule => {
    const rule = buses.findRule(busOf(input), String(name));
    if (!rule)
      throw new AwsError(
        'ResourceNotFoundException',
        `Rule ${String(name)} does not exist on EventBus ${busOf(input)}.`,
      );
    return rule;
  };
  return {
    PutRule: (input) => {
      const { EventPattern, ScheduleExpression, Description } = input;
      if (EventPattern === undefined && ScheduleExpression === undefined) {
        throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
      }
      if (ScheduleExpression !== undefined) {
        checkSchedule(String(ScheduleExpression));
        if (busOf(input) !== 'default') {
          throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
        }
      }
      const rule = buses.putRule({
        name: checkedName(input.Name, /^[.A-Za-z0-9_-]{1,64}$/),
        busName: busOf(input),
        enabled: input.State !== 'DISABLED',
        fromTemplate: false,
        ...(EventPattern !== undefined && { eventPattern: String(EventPattern) }),
        ...(ScheduleExpression !== undefined && { scheduleExpression: String(ScheduleExpression) }),
        ...(Description !== undefined && { description: String(Description) }),
      });
      return { RuleArn: rule.arn };
    },
    DescribeRule: (input) => describeRule(ruleOf(input, input.Name)),
    ListRules: (input) => ({
      Rules: buses
        .rules(busOf(input))
        .filter(({ name }) => name.startsWith(String(input.NamePrefix ?? '')))
        .map(describeRule),
    }),
    DeleteRule: (input) => {
      const rule = buses.findRule(busOf(input), String(input.Name));
      if (!rule) return;
      if (rule.targets.length > 0)
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      buses.deleteRule(rule);
    },
    EnableRule: (input) => buses.changeRule(ruleOf(input, input.Name), { enabled: true }),
    DisableRule: (input) => buses.changeRule(ruleOf(input, input.Name), { enabled: false }),
    PutTargets: (input) => putTargets(buses, ruleOf(input, input.Rule), (input.Targets ?? []) as Target[]),
    RemoveTargets: (input) => {
      const rule = ruleOf(input, input.Rule);
      const ids = (input.Ids ?? []) as string[];
      buses.changeRule(rule, { targets: rule.targets.filter(({ Id }) => !ids.includes(Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule: (input) => ({ Targets: ruleOf(input, input.Rule).targets }),
    ListRuleNamesByTarget: (input) => ({
      RuleNames: buses
        .rules(busOf(input))
        .filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn))
        .map(({ name }) => name),
    }),
  };
}

function putTargets(buses: EventBuses, rule: Rule, targets: Target[]): JsonObject {
  const deliverable = targets.filter(({ Arn }) => isDeliverable(String(Arn)));
  const kept = rule.targets.filter(({ Id }) => !deliverable.some((target) => target.Id === Id));
  if (kept.length + deliverable.length > MAX_TARGETS) {
    throw new AwsError('LimitExceededException', `A rule has at most ${MAX_TARGETS} targets.`);
  }
  buses.changeRule(rule, { targets: [...kept, ...deliverable] });
  const failed = targets.filter((target) => !deliverable.includes(target));
  return {
    FailedEntryCount: failed.length,
    FailedEntries: failed.map(({ Id, Arn }) => ({
      TargetId: Id,
      ErrorCode: 'ValidationException',
      ErrorMessage: `The local run delivers to queues, functions and log groups, not to ${Arn}.`,
    })),
  };
}

function describeRule(rule: Rule): JsonObject {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    ...(rule.eventPattern !== undefined && { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression !== undefined && { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description !== undefined && { Description: rule.description }),
  };
}

/** The operations with refused patterns and schedules told as AWS does. */
function translateErrors(actions: AwsActions): AwsActions {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [
      name,
      (input: JsonObject) => {
        try {
          return action(input);
        } catch (error) {
          if (error instanceof InvalidEventPatternError)
            throw new AwsError('InvalidEventPatternException', error.message);
          if (error instanceof InvalidScheduleError) throw new AwsError('ValidationException', error.message);
          throw error;
        }
      },
    ]),
  );
}

function checkedName(name: unknown, pattern: RegExp): string {
  if (!pattern.test(String(name ?? '')))
    throw new AwsError('ValidationException', `Name ${String(name)} is not valid.`);
  return String(name);
}
