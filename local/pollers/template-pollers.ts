import type { LocalFunction } from '../lambda/local-function.ts';
import type { StandIns } from '../stand-ins.ts';
import { TemplateError } from '../template/template.ts';
import { type MappingProperties, pollerSettings } from './event-source-mapping.ts';
import { giveUp } from './failed-batch.ts';
import { QueuePoller } from './queue-poller.ts';
import { StreamPoller, streamPollerSettings } from './stream-poller.ts';
import { Checkpoints, StreamReader } from './stream-reader.ts';

/** How event source mappings behave here. */
interface PollingOptions {
  checkpointsFile: string;
  retryDelayMs: number;
  /** How many batches of one mapping are worked on at once here, at most. */
  isEager: boolean;
  workersPerFunction: number;
}

/** The pollers of all event source mappings that are enabled. */
export function createPollers(
  standIns: StandIns,
  options: PollingOptions,
): { queues: QueuePoller[]; streams: StreamPoller[] } {
  const { resources, dynamoDb, tables, sqs, functions, log } = standIns;
  const checkpoints = new Checkpoints(options.checkpointsFile);
  const workersOf = new Map<LocalFunction, number>();
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
      isEager: options.isEager,
    });
    if (ofQueue) {
      const queue = sqs.byArn(source);
      if (!queue) throw new TemplateError(logicalId, `there is no queue ${source}`);
      const limit = properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY;
      const concurrency = Math.min(limit, options.workersPerFunction);
      queues.push(new QueuePoller(queue, target, common, concurrency));
      // Several queues may wake one function: none waits for the workers of another.
      const ofTarget = (workersOf.get(target) ?? 0) + concurrency;
      workersOf.set(target, ofTarget);
      target.allow(ofTarget);
      continue;
    }
    const table = tables.find(({ name }) => source.includes(`:table/${name}/stream/`));
    if (!table?.streamArn) throw new TemplateError(logicalId, `the local run cannot poll ${source}`);
    const destination = properties.DestinationConfig?.OnFailure?.Destination;
    const settings = streamPollerSettings(properties, common, {
      functionArn: properties.FunctionName,
      streamArn: source,
      giveUp: (batch) => giveUp(standIns, logicalId, destination, batch),
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
