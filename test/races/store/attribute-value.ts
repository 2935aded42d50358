import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A stored item: attributes as DynamoDB writes them on the wire. Never changed in place. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The type tag of a value: S, N, BOOL, M, ... */
export function tagOf(value: AttributeValue): string {
  const [tag] = Object.keys(value);
  if (!tag) throw new Error('An attribute value has no type');
  return tag;
}

/** Whether two values are the same; sets in any order, numbers by value. */
export function isSame(a: AttributeValue, b: AttributeValue): boolean {
  if (a.S !== undefined || b.S !== undefined) return a.S === b.S;
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) === Number(b.N);
  return tagOf(a) === tagOf(b) && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: AttributeValue): unknown {
  if (value.SS) return [...value.SS].sort();
  if (value.NS) return value.NS.map(Number).sort((a, b) => a - b);
  if (value.M) {
    const names = Object.keys(value.M).sort();
    return names.map((name) => [name, sorted(value.M![name]!)]);
  }
  return value.L ? value.L.map(sorted) : value;
}

/** Below 0, 0 or above 0; undefined when the two cannot be compared: of different types, or neither text nor number. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return a.S < b.S ? -1 : Number(a.S > b.S);
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  return undefined;
}

/** Adds as `ADD` does: numbers are summed, sets joined. */
export function add(current: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  if (added.N !== undefined && (!current || current.N !== undefined)) {
    return { N: String(Number(current?.N ?? 0) + Number(added.N)) };
  }
  if (added.SS && (!current || current.SS)) return { SS: [...new Set([...(current?.SS ?? []), ...added.SS])] };
  throw new Error(`ADD of ${JSON.stringify(added)} to ${JSON.stringify(current)} is not known`);
}

/** A plain value as an attribute value; what is undefined is left out, as the document client is told to. */
export function marshall(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(marshall) };
  if (value instanceof Set) return marshallSet([...value]);
  if (typeof value === 'object') return { M: marshallItem(value) };
  throw new Error(`${String(value)} cannot be stored`);
}

function marshallSet(elements: unknown[]): AttributeValue {
  if (elements.length === 0) throw new Error('A set must not be empty');
  if (elements.every((element) => typeof element === 'string')) return { SS: elements };
  if (elements.every((element) => typeof element === 'number')) return { NS: elements.map(String) };
  throw new Error('A set has either texts or numbers');
}

/** A plain record as an item. */
export function marshallItem(record: object): Record<string, AttributeValue> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, marshall(value)]));
}

function unmarshall(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL) return null;
  if (value.L) return value.L.map(unmarshall);
  if (value.M) return unmarshallItem(value.M);
  if (value.SS) return new Set(value.SS);
  if (value.NS) return new Set(value.NS.map(Number));
  throw new Error(`${JSON.stringify(value)} is not known`);
}

/** An item as a plain record. */
export function unmarshallItem(item: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, unmarshall(value)]));
}
