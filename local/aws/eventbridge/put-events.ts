import { AwsError, type JsonObject } from '../aws-json.ts';
import { type EventBuses, nameOfBus } from './event-bus.ts';

const limitBytes = 256 * 1024;

/** Publishes up to ten events; each that is refused is answered by itself. */
export function putEvents(buses: EventBuses, { Entries }: JsonObject): JsonObject {
  const entries = (Entries ?? []) as JsonObject[];
  if (entries.length === 0 || entries.length > 10) {
    throw new AwsError(
      'ValidationException',
      '1 validation error detected: Entries must have between 1 and 10 members.',
    );
  }
  if (entries.reduce((sum, entry) => sum + entrySize(entry), 0) > limitBytes) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = entries.map((entry) => putEvent(buses, entry));
  return { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length };
}

function putEvent(buses: EventBuses, entry: JsonObject): JsonObject {
  const invalid = (ErrorMessage: string): JsonObject => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (!entry[name]) return invalid(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  }
  const source = String(entry.Source);
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseDetail(String(entry.Detail));
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const busName = nameOfBus(entry.EventBusName);
  if (!buses.has(busName)) return invalid(`Event bus ${busName} does not exist.`);
  const time = entry.Time;
  const event = buses.newEvent({
    source,
    detailType: String(entry.DetailType),
    detail,
    resources: (entry.Resources ?? []) as string[],
    ...(time !== undefined && { time: new Date(typeof time === 'number' ? time * 1_000 : String(time)) }),
  });
  buses.publish(event, busName);
  return { EventId: event.id };
}

/** As AWS counts: 14 bytes for a time, and the UTF-8 bytes of source, detail type, detail and resources. */
function entrySize(entry: JsonObject): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...((entry.Resources ?? []) as string[])];
  const bytes = texts.reduce<number>((sum, text) => sum + Buffer.byteLength(String(text ?? '')), 0);
  return bytes + (entry.Time === undefined ? 0 : 14);
}

function parseDetail(text: string): JsonObject | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? (detail as JsonObject) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
