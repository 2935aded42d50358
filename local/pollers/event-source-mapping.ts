import { compileEventPattern, type EventMatcher } from '../aws/eventbridge/event-pattern.ts';

/** The properties of an event source mapping, as in the template, references resolved. */
export interface MappingProperties {
  EventSourceArn: string;
  FunctionName: string;
  Enabled?: boolean;
  BatchSize?: number;
  MaximumBatchingWindowInSeconds?: number;
  FunctionResponseTypes?: string[];
  FilterCriteria?: { Filters?: Array<{ Pattern?: string }> };
  ScalingConfig?: { MaximumConcurrency?: number };
  StartingPosition?: string;
  BisectBatchOnFunctionError?: boolean;
  MaximumRetryAttempts?: number;
  MaximumRecordAgeInSeconds?: number;
  DestinationConfig?: { OnFailure?: { Destination?: string } };
}

/** What both kinds of poller take from a mapping and from the local run. */
export interface PollerSettings {
  batchSize: number;
  windowMs: number;
  reportsItemFailures: boolean;
  passes: EventMatcher;
  region: string;
  retryDelayMs: number;
  /** Looks at streams more often than Lambda does. */
  isEager: boolean;
}

export function pollerSettings(
  properties: MappingProperties,
  defaults: { batchSize: number; region: string; retryDelayMs: number; isEager?: boolean },
): PollerSettings {
  const patterns = (properties.FilterCriteria?.Filters ?? []).flatMap(({ Pattern }) => Pattern ?? []);
  const matchers = patterns.map((pattern) => compileEventPattern(pattern));
  return {
    batchSize: properties.BatchSize ?? defaults.batchSize,
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1_000,
    reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    passes: (event) => matchers.length === 0 || matchers.some((matches) => matches(event)),
    region: defaults.region,
    retryDelayMs: defaults.retryDelayMs,
    isEager: defaults.isEager ?? false,
  };
}
