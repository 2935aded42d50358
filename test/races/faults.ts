import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import type { Chance } from '../../oracle/chance.ts';
import type { Call, Cloud } from './store/cloud.ts';
import { cancelled, type Input } from './store/database.ts';

/** What may befall one call, besides its actor being killed. */
export type Fate = 'done' | 'throttled' | 'refused in part' | 'done twice' | 'answer lost';

const conflict = { message: 'a transaction is under way, by the simulator', $metadata: {} };

/** An error that a client gives up with after it tried again and again. */
class AwsError extends Error {
  constructor(name: string) {
    super(`${name}, made by the simulator`);
    this.name = name;
  }
}

/** Runs a call with its fate. Throws where the client would. */
export function performWith(fate: Fate, cloud: Cloud, call: Call, chance: Chance): Input {
  switch (fate) {
    case 'done':
      return cloud.perform(call);
    case 'throttled':
      if (call.command.startsWith('Transact')) throw cancelled([{ Code: 'TransactionConflict' }]);
      // A single write meets a transaction that is under way.
      if (/^(Put|Update|Delete)Item$/.test(call.command)) throw new TransactionConflictException(conflict);
      throw new AwsError('ThrottlingException');
    case 'done twice':
      // A transaction carries a token, so that its repetition is known as one.
      if (!call.command.startsWith('Transact')) withoutAnswer(() => cloud.perform(call));
      return cloud.perform(call);
    case 'answer lost':
      withoutAnswer(() => cloud.perform(call));
      throw new AwsError('TimeoutError');
    case 'refused in part':
      return performInPart(cloud, call, chance);
  }
}

/** The first of two tries: what it answered, error or not, never arrived. */
function withoutAnswer(perform: () => Input): void {
  try {
    perform();
  } catch (error) {
    if (!(error instanceof Error) || !/ConditionalCheck|TransactionCanceled/.test(error.name)) throw error;
  }
}

/** Batches may be done in part; a call that is none is done. */
function performInPart(cloud: Cloud, call: Call, chance: Chance): Input {
  const { input } = call;
  const split = <T>(entries: readonly T[]): [T[], T[]] => {
    const refused = entries.filter(() => chance.is(0.5));
    return [entries.filter((entry) => !refused.includes(entry)), refused];
  };
  const perform = (changed: Input) => cloud.perform({ ...call, input: { ...input, ...changed } });
  switch (call.command) {
    case 'BatchExecuteStatement': {
      const [, refused] = split<Input>(input.Statements);
      const error = { Error: { Code: chance.oneOf(['ThrottlingError', 'TransactionConflict']), Message: 'try again' } };
      const Responses = (input.Statements as Input[]).map((statement) =>
        refused.includes(statement) ? error : perform({ Statements: [statement] }).Responses[0],
      );
      return { Responses };
    }
    case 'BatchWriteItem': {
      const [[table, requests] = ['', []]] = Object.entries<Input[]>(input.RequestItems);
      const [done, refused] = split(requests);
      if (done.length > 0) perform({ RequestItems: { [table]: done } });
      return { UnprocessedItems: refused.length > 0 ? { [table]: refused } : {} };
    }
    case 'BatchGetItem':
    case 'BatchGet': {
      const [[table, request] = ['', {}]] = Object.entries<Input>(input.RequestItems);
      const [done, refused] = split<Input>(request.Keys);
      if (done.length === 0) return { Responses: {}, UnprocessedKeys: input.RequestItems };
      const { Responses } = perform({ RequestItems: { [table]: { ...request, Keys: done } } });
      const left = { [table]: { ...request, Keys: refused } };
      return { Responses, UnprocessedKeys: refused.length > 0 ? left : {} };
    }
    case 'SendMessageBatch': {
      const [done, refused] = split<Input>(input.Entries);
      if (done.length > 0) perform({ Entries: done });
      return { Successful: done.map(({ Id }) => ({ Id })), Failed: refused.map(({ Id }) => ({ Id })) };
    }
    case 'PutEvents': {
      const [done, refused] = split<Input>(input.Entries);
      if (done.length > 0) perform({ Entries: done });
      const Entries = (input.Entries as Input[]).map((entry) =>
        refused.includes(entry) ? { ErrorCode: 'ThrottlingException' } : { EventId: 'e' },
      );
      return { FailedEntryCount: refused.length, Entries };
    }
    default:
      return cloud.perform(call);
  }
}
