import type { Item } from './store/attribute-value.ts';
import type { Call } from './store/cloud.ts';
import type { Input } from './store/database.ts';

/** One call in a line a person can read: what, of what, and what came of it. */
export function describeCall({ service, command, input }: Call, answer: Input | undefined): string {
  if (service === 'sqs') return `${command} ${input.QueueUrl} ${bodies(input)}`;
  if (service === 'eventBridge')
    return `${command} ${(input.Entries as Input[]).map(({ Detail }) => idOf(Detail)).join(' ')}`;
  if (command === 'BatchExecuteStatement') return describeStatements(input, answer);
  if (input.TransactItems) return `${command} ${(input.TransactItems as Input[]).map(describeWrite).join(', ')}`;
  if (input.RequestItems)
    return `${command} ${Object.entries<Input>(input.RequestItems).map(describeRequest).join(', ')}`;
  const subject = input.Key ?? input.Item ?? input.ExpressionAttributeValues ?? {};
  const result = command === 'Query' ? ` -> ${answer?.Items?.length ?? 0} items` : '';
  return `${command} ${input.TableName} ${valuesOf(subject)}${result}`;
}

function describeStatements(input: Input, answer: Input | undefined): string {
  const lines = (input.Statements as Input[]).map(({ Statement, Parameters }, index) => {
    const [verb = '', table = ''] = /^(\w+).*?"(\w+)"/.exec(Statement)?.slice(1) ?? [];
    const short = (Parameters as Item[string][]).map((value) => value.N ?? (value.S ?? '').slice(0, 24));
    return `${verb} ${table} ${short.join(' ')} -> ${answer?.Responses?.[index]?.Error?.Code ?? (answer ? 'done' : '?')}`;
  });
  return lines.join('; ');
}

function describeWrite(write: Input): string {
  const [[kind, input] = ['', {}]] = Object.entries<Input>(write);
  return `${kind} ${input.TableName} ${valuesOf(input.Key ?? input.Item ?? {}).slice(0, 60)}`;
}

function describeRequest([table, request]: [string, Input]): string {
  const keys: Input[] =
    request.Keys ?? request.map((write: Input) => write.PutRequest?.Item ?? write.DeleteRequest?.Key);
  return `${table} ${keys.map((key) => valuesOf(key).slice(0, 60)).join(' | ')}`;
}

function valuesOf(record: Input): string {
  const values = Object.values(record).slice(0, 4);
  return values.map((value) => String(value?.S ?? value?.N ?? (typeof value === 'object' ? '…' : value))).join(' ');
}

function bodies(input: Input): string {
  const told = ({ MessageBody, DelaySeconds }: Input) =>
    `${String(MessageBody).slice(0, 160)}${DelaySeconds ? ` after ${DelaySeconds} s` : ''}`;
  return ((input.Entries ?? []) as Input[]).map(told).join(' ');
}

function idOf(detail: string): string {
  return String(JSON.parse(detail).id);
}
