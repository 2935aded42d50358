import type { DynamoDb } from './dynamodb.ts';
import type { EventBuses, Target } from './event-bus.ts';
import { type MappingProperties, pollerSettings } from './event-source-mapping.ts';
import { isDeliverable } from './event-targets.ts';
import type { LocalFunctions } from './functions.ts';
import type { HttpApi } from './http-api.ts';
import type { Cors } from './http-cors.ts';
import type { LocalFunction } from './local-function.ts';
import type { Log } from './log.ts';
import { QueuePoller } from './queue-poller.ts';
import type { StackResources } from './resources.ts';
import type { S3 } from './s3.ts';
import type { ScheduledTask } from './schedules.ts';
import type { Sqs } from './sqs.ts';
import { describeFailedBatch, type FailedBatch, StreamPoller, streamPollerSettings } from './stream-poller.ts';
import { Checkpoints, StreamReader } from './stream-reader.ts';
import type { LocalTable } from './tables.ts';
import { TemplateError } from './template.ts';

/** The stand-ins that the parts of the template are connected to. */
export interface Parts {
  resources: StackResources;
  dynamoDb: DynamoDb;
  tables: LocalTable[];
  sqs: Sqs;
  s3: S3 | undefined;
  buses: EventBuses;
  functions: LocalFunctions;
  log: Log;
}

/** Makes the queues of the template. */
export function openQueues(resources: StackResources, sqs: Sqs): void {
  for (const [logicalId] of resources.ofType('AWS::SQS::Queue')) {
    const { QueueName: _name, Tags: _tags, ...properties } = resources.properties<Record<string, unknown>>(logicalId);
    const attributes = Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    const name = resources.physical(logicalId).attributes.QueueName;
    if (name) sqs.open(name, Object.fromEntries(attributes));
  }
}

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
    const { ref: name } = resources.physical(logicalId);
    if (!buses.has(name)) buses.addBus(name, true);
  }
  for (const [logicalId] of resources.ofType('AWS::Events::Rule')) {
    const properties = resources.properties<RuleProperties>(logicalId);
    for (const { Arn } of properties.Targets ?? []) {
      if (!isDeliverable(Arn)) throw new TemplateError(logicalId, `the local run cannot deliver to ${Arn}`);
    }
    const bus = properties.EventBusName ?? 'default';
    buses.putRule({
      name: resources.physical(logicalId).ref,
      busName: bus.slice(bus.lastIndexOf('/') + 1),
      enabled: properties.State !== 'DISABLED',
      targets: (properties.Targets ?? []).map((target) => ({ ...target, Arn: target.Arn.replace(/:\*$/, '') })),
      fromTemplate: true,
      ...(properties.EventPattern && { eventPattern: JSON.stringify(properties.EventPattern) }),
      ...(properties.ScheduleExpression !== undefined && { scheduleExpression: properties.ScheduleExpression }),
    });
  }
}

/** Scheduled rules of the buses, and schedules of the scheduler. */
export function scheduledTasks({ resources, buses, functions, log }: Parts): ScheduledTask[] {
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

/** The HTTP API of the template, if it has one. */
export function readHttpApi({ resources, functions, log }: Parts): HttpApi | undefined {
  const [api, another] = resources.ofType('AWS::ApiGatewayV2::Api');
  if (!api) return undefined;
  const [id] = api;
  if (another) throw new TemplateError(another[0], 'the local run serves one HTTP API');
  const { ProtocolType, CorsConfiguration } = resources.properties<{ ProtocolType: string; CorsConfiguration?: Cors }>(
    id,
  );
  if (ProtocolType !== 'HTTP') throw new TemplateError(id, `the local run has no ${ProtocolType} APIs`);
  const authorized: string[] = [];
  const routes = resources.ofType('AWS::ApiGatewayV2::Route').map(([routeId]) => {
    const route = resources.properties<{ RouteKey: string; Target: string; AuthorizationType?: string }>(routeId);
    if ((route.AuthorizationType ?? 'NONE') !== 'NONE') authorized.push(route.RouteKey);
    const integrationId = route.Target.replace('integrations/', '');
    return { key: route.RouteKey, target: integrationTarget(resources, functions, integrationId) };
  });
  if (authorized.length > 0)
    log.info(`Not checked here: the authorization that ${authorized.length} routes have in the cloud.`);
  return { id, routes, cors: CorsConfiguration };
}

function integrationTarget(resources: StackResources, functions: LocalFunctions, id: string): LocalFunction {
  const properties = resources.properties<{
    IntegrationType: string;
    IntegrationUri: string;
    PayloadFormatVersion?: string;
  }>(id);
  const arn = /arn:aws:lambda:[^/]+:function:[^/]+/.exec(properties.IntegrationUri)?.[0];
  if (properties.IntegrationType !== 'AWS_PROXY' || !arn || properties.PayloadFormatVersion !== '2.0') {
    throw new TemplateError(id, 'the local run integrates functions with payload format 2.0 only');
  }
  return functions.byArn(arn);
}

/** How event source mappings behave here. */
export interface PollingOptions {
  checkpointsFile: string;
  retryDelayMs: number;
  maxWindowMs: number;
}

/** The pollers of all event source mappings that are enabled. */
export function createPollers(
  parts: Parts,
  options: PollingOptions,
): { queues: QueuePoller[]; streams: StreamPoller[] } {
  const { resources, dynamoDb, tables, sqs, functions, log } = parts;
  const checkpoints = new Checkpoints(options.checkpointsFile);
  const queues: QueuePoller[] = [];
  const streams: StreamPoller[] = [];
  for (const [logicalId] of resources.ofType('AWS::Lambda::EventSourceMapping')) {
    const properties = resources.properties<MappingProperties>(logicalId);
    if (properties.Enabled === false) continue;
    const target = functions.byArn(properties.FunctionName);
    const { EventSourceArn: source } = properties;
    const ofQueue = source.startsWith('arn:aws:sqs:');
    const common = pollerSettings(properties, {
      batchSize: ofQueue ? 10 : 100,
      region: resources.place.region,
      retryDelayMs: options.retryDelayMs,
      maxWindowMs: options.maxWindowMs,
    });
    if (ofQueue) {
      const queue = sqs.byArn(source);
      if (!queue) throw new TemplateError(logicalId, `there is no queue ${source}`);
      const limit = properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY;
      queues.push(new QueuePoller(queue, target, common, Math.min(limit, target.concurrency)));
      continue;
    }
    const table = tables.find(({ name }) => source.includes(`:table/${name}/stream/`));
    if (!table?.streamArn) throw new TemplateError(logicalId, `the local run cannot poll ${source}`);
    const destination = properties.DestinationConfig?.OnFailure?.Destination;
    const settings = streamPollerSettings(properties, common, {
      functionArn: properties.FunctionName,
      streamArn: source,
      giveUp: (batch) => giveUp(parts, logicalId, destination, batch),
    });
    const origin = {
      streamArn: table.streamArn,
      mapping: resources.plainName(logicalId),
      startingPosition: properties.StartingPosition ?? 'TRIM_HORIZON',
    };
    streams.push(new StreamPoller(new StreamReader(dynamoDb, origin, checkpoints, log), target, settings, log));
  }
  return { queues, streams };
}

/** Sends a batch that could not be processed to the on-failure destination, a queue or a bucket. */
async function giveUp(
  { sqs, s3, log }: Parts,
  mapping: string,
  destination: string | undefined,
  batch: FailedBatch,
): Promise<void> {
  const queue = destination?.startsWith('arn:aws:sqs:') ? sqs.byArn(destination) : undefined;
  const bucket = destination?.startsWith('arn:aws:s3:::') ? destination.slice('arn:aws:s3:::'.length) : undefined;
  const kept = queue?.name ?? bucket ?? 'nowhere: they are skipped';
  log.error(`${mapping} gave up ${batch.records.length} stream records (${batch.condition}); they are in ${kept}.`);
  if (queue) sqs.send(queue, JSON.stringify(describeFailedBatch(batch, false)));
  if (bucket && s3) {
    const [day = '', time = ''] = new Date().toISOString().split('T');
    const key = `aws/lambda/${mapping}/shardId-00000001/${day.replaceAll('-', '/')}/${day}T${time.slice(0, 8).replaceAll(':', '.')}-${crypto.randomUUID()}`;
    await s3.put(bucket, key, JSON.stringify(describeFailedBatch(batch, true)));
  }
}
