import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compare, type Item, isSame } from './attribute-value.ts';

/** The keys of a table or index. */
export interface KeyNames {
  readonly partition: string;
  readonly sort?: string;
}

/** A table as the infrastructure declares it. */
export interface TableShape {
  readonly name: string;
  readonly keys: KeyNames;
  readonly hasStream?: boolean;
  readonly indexes?: Readonly<Record<string, KeyNames & { readonly isKeysOnly?: boolean }>>;
}

/** One write as the table's stream tells it. */
export interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly partition: string;
  readonly keys: Item;
  readonly newImage?: Item;
}

interface Entry {
  readonly sort: AttributeValue | undefined;
  item: Item | undefined;
  /** What it was before, each until which write; the newest last. */
  readonly past: { readonly until: number; readonly item: Item | undefined }[];
}

/** An eventually consistent read sees at most that many writes of one item undone. */
const rememberedWrites = 8;

/** One table in memory: its items now and a little of what they were. */
export class Table {
  readonly shape: TableShape;
  readonly stream: StreamRecord[] = [];
  /** How many writes there were. */
  writes = 0;
  private readonly partitions = new Map<string, Entry[]>();

  constructor(shape: TableShape) {
    this.shape = shape;
  }

  /** The key among an item's attributes. Throws when it is not one. */
  keyOf(attributes: Item, { partition, sort }: KeyNames = this.shape.keys): Item {
    const names = sort === undefined ? [partition] : [partition, sort];
    const key: Record<string, AttributeValue> = {};
    for (const name of names) {
      const value = attributes[name];
      if (!value || value.S === '') throw new Error(`${this.shape.name}: the key ${name} is missing or empty`);
      key[name] = value;
    }
    return key;
  }

  /** The item of that key; as of `asOf` writes, if that is given. */
  get(key: Item, asOf = Number.POSITIVE_INFINITY): Item | undefined {
    const entry = this.entryOf(key);
    return entry && itemAsOf(entry, asOf);
  }

  /** Stores an item in place of what is there; `undefined` deletes. */
  put(key: Item, item: Item | undefined): void {
    const entry = this.entryOf(key) ?? this.newEntry(key);
    const before = entry.item;
    if (before === undefined && item === undefined) return;
    this.writes++;
    entry.past.push({ until: this.writes, item: before });
    if (entry.past.length > rememberedWrites) entry.past.shift();
    entry.item = item;
    // AWS tells nothing about a write that changed nothing.
    if (!this.shape.hasStream || (before && item && isSame({ M: { ...before } }, { M: { ...item } }))) return;
    const eventName = !item ? 'REMOVE' : before ? 'MODIFY' : 'INSERT';
    const partition = textOf(key[this.shape.keys.partition]!);
    this.stream.push({ eventName, partition, keys: key, ...(item && { newImage: item }) });
  }

  /** A partition's items, in the order of their sort keys. */
  partition(value: AttributeValue, asOf?: number): Item[] {
    return itemsOf(this.partitions.get(textOf(value)) ?? [], asOf);
  }

  /** An index partition's items, in the order of its sort keys. */
  indexPartition(index: string, value: AttributeValue, asOf?: number): Item[] {
    const keys = this.shape.indexes?.[index];
    if (!keys) throw new Error(`${this.shape.name} has no index ${index}`);
    const found = this.all(asOf).filter((item) => {
      const own = item[keys.partition];
      return own && isSame(own, value) && (keys.sort === undefined || item[keys.sort]);
    });
    const { sort } = keys;
    if (sort !== undefined) found.sort((a, b) => compare(a[sort]!, b[sort]!) ?? 0);
    if (!keys.isKeysOnly) return found;
    return found.map((item) => ({ ...this.keyOf(item), ...this.keyOf(item, keys) }));
  }

  /** Every item. */
  all(asOf?: number): Item[] {
    return [...this.partitions.values()].flatMap((entries) => itemsOf(entries, asOf));
  }

  private entryOf(key: Item): Entry | undefined {
    const { partition, sort } = this.shape.keys;
    const entries = this.partitions.get(textOf(key[partition]!));
    if (!entries) return undefined;
    if (sort === undefined) return entries[0];
    const entry = entries[positionOf(entries, key[sort]!)];
    return entry && isSame(entry.sort!, key[sort]!) ? entry : undefined;
  }

  private newEntry(key: Item): Entry {
    const { partition, sort } = this.shape.keys;
    const name = textOf(key[partition]!);
    const entries = this.partitions.get(name) ?? [];
    this.partitions.set(name, entries);
    const entry: Entry = { sort: sort === undefined ? undefined : key[sort], item: undefined, past: [] };
    entries.splice(entry.sort === undefined ? 0 : positionOf(entries, entry.sort), 0, entry);
    return entry;
  }
}

/** Where an entry with that sort key is among sorted ones, or would be. */
function positionOf(entries: readonly Entry[], sort: AttributeValue): number {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((compare(entries[middle]!.sort!, sort) ?? 0) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function itemsOf(entries: readonly Entry[], asOf?: number): Item[] {
  return entries.map((entry) => itemAsOf(entry, asOf)).filter((item) => item !== undefined);
}

function itemAsOf(entry: Entry, asOf = Number.POSITIVE_INFINITY): Item | undefined {
  if (asOf === Number.POSITIVE_INFINITY) return entry.item;
  const then = entry.past.find(({ until }) => until > asOf);
  return then ? then.item : entry.item;
}

/** A key value as text, to look it up by. */
function textOf(value: AttributeValue): string {
  return value.S ?? value.N ?? JSON.stringify(value);
}
