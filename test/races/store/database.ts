import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { type Item, isSame } from './attribute-value.ts';
import { holds, updated } from './evaluate.ts';
import { type Condition, ExpressionParser, type Placeholders, type UpdateAction } from './expression.ts';
import { parseStatement, type Statement } from './statement.ts';
import { Table, type TableShape } from './table.ts';

/** The input of a command, as the low-level client has it. */
// biome-ignore lint/suspicious/noExplicitAny: every command has another shape; each handler reads its own
export type Input = Record<string, any>;

/** A request that DynamoDB refuses to understand. */
export class ValidationError extends Error {
  override name = 'ValidationException';
}

/** One write, checked: what it needs to hold, and what it leaves. */
interface Write {
  readonly table: Table;
  readonly key: Item;
  readonly condition: Condition | undefined;
  readonly after: (before: Item | undefined) => Item | undefined;
}

/** Lets a test take a step away: a condition that is not looked at, a read that is not consistent. */
export interface Weaknesses {
  ignoresCondition?: (table: string, write: 'put' | 'update' | 'delete', key: Item) => boolean;
  readsStale?: (table: string, key: Item) => boolean;
}

const allowed: Record<string, readonly string[]> = {
  GetItem: ['TableName', 'Key', 'ConsistentRead'],
  PutItem: ['TableName', 'Item', 'ConditionExpression', 'ReturnValues'],
  UpdateItem: ['TableName', 'Key', 'UpdateExpression', 'ConditionExpression', 'ReturnValues'],
  DeleteItem: ['TableName', 'Key', 'ConditionExpression', 'ReturnValues'],
  ConditionCheck: ['TableName', 'Key', 'ConditionExpression'],
  Query: [
    'TableName',
    'IndexName',
    'KeyConditionExpression',
    'FilterExpression',
    'ProjectionExpression',
    'Select',
    'ConsistentRead',
    'ScanIndexForward',
    'Limit',
    'ExclusiveStartKey',
    'ReturnConsumedCapacity',
  ],
};
const placeholderNames = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];

function checkInput(command: string, input: Input): void {
  for (const name of Object.keys(input)) {
    if (input[name] === undefined || allowed[command]?.includes(name) || placeholderNames.includes(name)) continue;
    throw new Error(`${command} with ${name} is not known to the simulator`);
  }
}

/** DynamoDB in memory: conditions, transactions and order as on AWS; what it does not know, it refuses loudly. */
export class Database {
  readonly tables: ReadonlyMap<string, Table>;
  readonly weaknesses: Weaknesses = {};
  /** How many of a table's items fill a page, as 1 MB of them does. */
  itemsPerPage: (table: string) => number = () => Number.POSITIVE_INFINITY;
  /** How many of a table's latest writes an eventually consistent read misses. */
  lag: (table: string) => number = () => 0;

  constructor(shapes: readonly TableShape[]) {
    this.tables = new Map(shapes.map((shape) => [shape.name, new Table(shape)]));
  }

  table(name: string): Table {
    const table = this.tables.get(name);
    if (!table) throw new ValidationError(`There is no table ${name}`);
    return table;
  }

  /** Runs one command at once and whole. */
  execute(command: string, input: Input): Input {
    switch (command) {
      case 'GetItem':
        return this.getItem(input);
      case 'BatchGetItem':
        return this.batchGet(input);
      case 'Query':
        return this.query(input);
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.writeItem(command, input);
      case 'BatchWriteItem':
        return this.batchWrite(input);
      case 'TransactWriteItems':
        return this.transactWrite(input);
      case 'TransactGetItems':
        return this.transactGet(input);
      case 'BatchExecuteStatement':
        return this.batchExecute(input);
      default:
        throw new Error(`The command ${command} is not known to the simulator`);
    }
  }

  private asOf(table: Table, isConsistent: boolean, key: Item): number | undefined {
    const isStale = !isConsistent || this.weaknesses.readsStale?.(table.shape.name, key) === true;
    return isStale ? table.writes - this.lag(table.shape.name) : undefined;
  }

  private getItem(input: Input): Input {
    checkInput('GetItem', input);
    const table = this.table(input.TableName);
    const key = table.keyOf(input.Key);
    const item = table.get(key, this.asOf(table, input.ConsistentRead === true, key));
    return item ? { Item: item } : {};
  }

  private batchGet({ RequestItems, ...rest }: Input): Input {
    checkInput('BatchGetItem', rest);
    const Responses: Record<string, Item[]> = {};
    for (const [name, { Keys, ConsistentRead, ...other }] of Object.entries<Input>(RequestItems)) {
      checkInput('BatchGetItem', other);
      const table = this.table(name);
      const keys: Item[] = Keys.map((key: Item) => table.keyOf(key));
      checkBatch(keys, 100);
      const found = keys.map((key) => table.get(key, this.asOf(table, ConsistentRead === true, key)));
      Responses[name] = found.filter((item) => item !== undefined);
    }
    return { Responses, UnprocessedKeys: {} };
  }

  private query(input: Input): Input {
    checkInput('Query', input);
    const table = this.table(input.TableName);
    const index: string | undefined = input.IndexName;
    if (index !== undefined && input.ConsistentRead) throw new ValidationError('An index has no consistent reads');
    const parser = new ExpressionParser(input as Placeholders);
    const where = parser.conditionOf(input.KeyConditionExpression);
    const filter = input.FilterExpression === undefined ? undefined : parser.conditionOf(input.FilterExpression);
    const names = input.ProjectionExpression === undefined ? undefined : parser.namesOf(input.ProjectionExpression);
    parser.finish();
    const keys = index === undefined ? table.shape.keys : table.shape.indexes?.[index];
    if (!keys) throw new ValidationError(`${table.shape.name} has no index ${index}`);
    const partition = requiredValue(where, keys.partition);
    const asOf = this.asOf(table, input.ConsistentRead === true, { [keys.partition]: partition });
    const items = index === undefined ? table.partition(partition, asOf) : table.indexPartition(index, partition, asOf);
    const ordered = input.ScanIndexForward === false ? items.reverse() : items;
    const start: Item | undefined = input.ExclusiveStartKey;
    const rest = start ? afterKey(ordered, start, keys.sort, input.ScanIndexForward === false) : ordered;
    const fitting = index === undefined ? this.itemsPerPage(table.shape.name) : Number.POSITIVE_INFINITY;
    const most = Math.min(input.Limit ?? Number.POSITIVE_INFINITY, fitting);
    const examined: Item[] = [];
    for (const item of rest) {
      if (examined.length === most) break;
      if (holds(where, item)) examined.push(item);
    }
    const found = examined.filter((item) => !filter || holds(filter, item));
    const last = examined.length === most ? examined.at(-1) : undefined;
    const key = last && { ...table.keyOf(last), ...table.keyOf(last, keys) };
    const answer = {
      Count: found.length,
      ScannedCount: examined.length,
      ...(key && { LastEvaluatedKey: key }),
      ...(input.ReturnConsumedCapacity && { ConsumedCapacity: { TableName: table.shape.name, CapacityUnits: 1 } }),
    };
    if (input.Select === 'COUNT') return answer;
    if (input.Select !== undefined) throw new Error(`Select ${input.Select} is not known to the simulator`);
    return { ...answer, Items: names ? found.map((item) => pick(item, names)) : found };
  }

  private writeOf(command: string, input: Input): Write {
    checkInput(command, input);
    const table = this.table(input.TableName);
    const parser = new ExpressionParser(input as Placeholders);
    const condition =
      input.ConditionExpression === undefined ? undefined : parser.conditionOf(input.ConditionExpression);
    const key = table.keyOf(command === 'PutItem' ? input.Item : input.Key);
    const actions = input.UpdateExpression === undefined ? [] : parser.updateOf(input.UpdateExpression);
    parser.finish();
    checkKeysUntouched(actions, key);
    const after = {
      PutItem: () => input.Item as Item,
      UpdateItem: (before: Item | undefined) => updated(before ?? key, actions),
      DeleteItem: () => undefined,
      ConditionCheck: (before: Item | undefined) => before,
    }[command];
    if (!after) throw new Error(`The command ${command} is not known to the simulator`);
    const kind = command === 'PutItem' ? 'put' : command === 'DeleteItem' ? 'delete' : 'update';
    const isIgnored = this.weaknesses.ignoresCondition?.(table.shape.name, kind, key) === true;
    return { table, key, condition: isIgnored ? undefined : condition, after };
  }

  private writeItem(command: string, input: Input): Input {
    const write = this.writeOf(command, input);
    const before = write.table.get(write.key);
    if (!isMet(write)) throw new ConditionalCheckFailedException({ message: 'not met', $metadata: {} });
    apply(write);
    if (input.ReturnValues === undefined || input.ReturnValues === 'NONE') return {};
    if (input.ReturnValues === 'ALL_NEW') return { Attributes: write.table.get(write.key) };
    if (input.ReturnValues === 'ALL_OLD') return before ? { Attributes: before } : {};
    throw new Error(`ReturnValues ${input.ReturnValues} is not known to the simulator`);
  }

  private batchWrite({ RequestItems, ...rest }: Input): Input {
    checkInput('BatchWriteItem', rest);
    const writes = Object.entries<Input[]>(RequestItems).flatMap(([TableName, requests]) =>
      requests.map(({ PutRequest, DeleteRequest }) =>
        PutRequest
          ? this.writeOf('PutItem', { TableName, Item: PutRequest.Item })
          : this.writeOf('DeleteItem', { TableName, Key: DeleteRequest.Key }),
      ),
    );
    checkBatch(
      writes.map(({ table, key }) => ({ ...key, '': { S: table.shape.name } })),
      25,
    );
    for (const write of writes) apply(write);
    return { UnprocessedItems: {} };
  }

  private transactWrite({ TransactItems, ClientRequestToken: _token, ...rest }: Input): Input {
    checkInput('TransactWriteItems', rest);
    const writes = (TransactItems as Input[]).map((item) => {
      const [[kind, input] = ['', {}]] = Object.entries<Input>(item);
      return this.writeOf(kind === 'ConditionCheck' ? kind : `${kind}Item`, input);
    });
    checkBatch(
      writes.map(({ table, key }) => ({ ...key, '': { S: table.shape.name } })),
      100,
    );
    const reasons = writes.map((write) => ({ Code: isMet(write) ? 'None' : 'ConditionalCheckFailed' }));
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    for (const write of writes) apply(write);
    return {};
  }

  private transactGet({ TransactItems, ...rest }: Input): Input {
    checkInput('TransactGetItems', rest);
    const Responses = (TransactItems as Input[]).map(({ Get }) => this.getItem({ ...Get, ConsistentRead: true }));
    return { Responses };
  }

  private batchExecute({ Statements, ...rest }: Input): Input {
    checkInput('BatchExecuteStatement', rest);
    if (Statements.length === 0 || Statements.length > 25) throw new ValidationError('1 to 25 statements are possible');
    const Responses = (Statements as Input[]).map((request) => {
      const statement = parseStatement(request.Statement, request.Parameters);
      const code = this.executeStatement(statement);
      return code ? { Error: { Code: code, Message: code } } : { TableName: statement.table };
    });
    return { Responses };
  }

  private executeStatement(statement: Statement): string | undefined {
    const table = this.table(statement.table);
    if (statement.kind === 'insert') {
      const key = table.keyOf(statement.item);
      const isIgnored = this.weaknesses.ignoresCondition?.(table.shape.name, 'put', key) === true;
      if (table.get(key) && !isIgnored) return 'DuplicateItem';
      table.put(key, statement.item);
      return undefined;
    }
    const { partition, sort } = table.shape.keys;
    const names = sort === undefined ? [partition] : [partition, sort];
    const key = Object.fromEntries(names.map((name) => [name, requiredValue(statement.where, name)]));
    const before = table.get(key);
    if (!before) return isKeyOnly(statement.where, names) && statement.kind === 'delete' ? undefined : conditionFailed;
    const isIgnored = this.weaknesses.ignoresCondition?.(table.shape.name, statement.kind, key) === true;
    if (!holds(statement.where, before) && !isIgnored) return conditionFailed;
    if (statement.kind === 'update') checkKeysUntouched(statement.actions, key);
    table.put(key, statement.kind === 'delete' ? undefined : updated(before, statement.actions));
    return undefined;
  }
}

const conditionFailed = 'ConditionalCheckFailed';

/** The error of a transaction that did not take place. */
export function cancelled(reasons: { Code: string }[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    CancellationReasons: reasons,
    $metadata: {},
  });
}

function isMet({ table, key, condition }: Write): boolean {
  return !condition || holds(condition, table.get(key));
}

function apply({ table, key, after }: Write): void {
  table.put(key, after(table.get(key)));
}

function checkBatch(keys: readonly Item[], most: number): void {
  if (keys.length === 0 || keys.length > most) throw new ValidationError(`1 to ${most} items are possible`);
  const distinct = new Set(keys.map((key) => JSON.stringify(Object.entries(key))));
  if (distinct.size < keys.length) throw new ValidationError('The same item is named twice');
}

function checkKeysUntouched(actions: readonly UpdateAction[], key: Item): void {
  for (const action of actions) {
    const name = action.kind === 'add' ? action.name : action.path[0];
    if (name in key) throw new ValidationError(`${name} is part of the key`);
  }
}

/** The value that a condition requires of an attribute. */
function requiredValue(condition: Condition, name: string): AttributeValue {
  const parts = condition.kind === 'and' ? condition.parts : [condition];
  for (const part of parts) {
    if (part.kind !== 'compare' || part.operator !== '=' || part.left.kind !== 'attribute') continue;
    if (part.left.path[0] === name && part.right.kind === 'value') return part.right.value;
  }
  throw new ValidationError(`The condition does not say what ${name} is`);
}

function isKeyOnly(condition: Condition, names: readonly string[]): boolean {
  return (condition.kind === 'and' ? condition.parts : [condition]).length === names.length;
}

/** What comes after a key, which need not be there any more. */
function afterKey(items: readonly Item[], start: Item, sort: string | undefined, isReverse: boolean): Item[] {
  const isStart = (item: Item) =>
    Object.entries(start).every(([name, value]) => item[name] !== undefined && isSame(item[name], value));
  const index = items.findIndex(isStart);
  if (index >= 0) return items.slice(index + 1);
  if (sort === undefined) return [];
  const from = start[sort]!;
  const isBeyond = ({ [sort]: value }: Item) => {
    const [a, b] = [value?.S ?? Number(value?.N), from.S ?? Number(from.N)];
    return isReverse ? a < b : a > b;
  };
  return items.filter(isBeyond);
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}
