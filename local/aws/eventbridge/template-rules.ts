import type { StandIns } from '../../stand-ins.ts';
import type { StackResources } from '../../template/resources.ts';
import { TemplateError } from '../../template/template.ts';
import type { EventBuses, Target } from './event-bus.ts';
import { whyUndeliverable } from './event-targets.ts';
import type { ScheduledTask } from './schedules.ts';

interface RuleProperties {
  EventBusName?: string;
  EventPattern?: object;
  ScheduleExpression?: string;
  State?: string;
  Targets?: Target[];
}

/** Makes the buses and rules of the template. */
export function openBuses(resources: StackResources, buses: EventBuses): void {
  for (const [logicalId] of resources.ofType('AWS::Events::EventBus')) {
    buses.addBus(resources.physical(logicalId).ref);
  }
  for (const [logicalId] of resources.ofType('AWS::Events::Rule')) {
    const properties = resources.properties<RuleProperties>(logicalId);
    for (const target of properties.Targets ?? []) {
      const reason = whyUndeliverable(target);
      if (reason) throw new TemplateError(logicalId, reason);
    }
    const bus = properties.EventBusName ?? 'default';
    buses.putRule({
      name: resources.physical(logicalId).ref,
      busName: bus.slice(bus.lastIndexOf('/') + 1),
      enabled: properties.State !== 'DISABLED',
      targets: (properties.Targets ?? []).map((target) => ({ ...target, Arn: target.Arn.replace(/:\*$/, '') })),
      ...(properties.EventPattern && { eventPattern: JSON.stringify(properties.EventPattern) }),
      ...(properties.ScheduleExpression !== undefined && { scheduleExpression: properties.ScheduleExpression }),
    });
  }
}

/** Scheduled rules of the buses, and schedules of the scheduler. */
export function scheduledTasks({ resources, buses, functions, log }: StandIns): ScheduledTask[] {
  const rules = buses.allRules().flatMap((rule): ScheduledTask[] => {
    if (!rule.enabled || rule.scheduleExpression === undefined) return [];
    const [logicalId] =
      resources.ofType('AWS::Events::Rule').find(([id]) => resources.physical(id).ref === rule.name) ?? [];
    const name = logicalId ? resources.plainName(logicalId) : rule.name;
    return [{ name, expression: rule.scheduleExpression, run: () => buses.fire(rule) }];
  });
  const schedules = resources.ofType('AWS::Scheduler::Schedule').flatMap(([logicalId]): ScheduledTask[] => {
    const { ScheduleExpression, State, Target } = resources.properties<{
      ScheduleExpression: string;
      State?: string;
      Target: Target;
    }>(logicalId);
    if (State === 'DISABLED') return [];
    const target = functions.byArn(Target.Arn);
    const run = (): void => {
      target
        .invoke(Target.Input ?? '{}')
        .catch(() => log.warn(`The schedule ${logicalId} runs again at its next time.`));
    };
    return [{ name: resources.plainName(logicalId), expression: ScheduleExpression, run }];
  });
  return [...rules, ...schedules];
}
