import { BatchExecuteStatementCommand, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { createAccountStore } from '../../shared/account/account-store.ts';
import { dynamodb, withoutPauses } from '../queues/faults.ts';

withoutPauses();

const database = mockClient(dynamodb);
beforeEach(() => database.reset());

const entry = { accountId: 'acme', leadId: 'l1', documentVersion: 5 };
const answers = (...codes: (string | undefined)[]) => {
  const waiting = [...codes];
  database.on(BatchExecuteStatementCommand).callsFake(() => {
    const Code = waiting.shift();
    return { Responses: [Code ? { Error: { Code, Message: 'why' } } : {}] };
  });
};
const statements = () =>
  database
    .commandCalls(BatchExecuteStatementCommand)
    .map((call) => call.args[0].input.Statements![0]!.Statement!.split(' ')[0]);

test('a roster entry that a leaver removes between insert and update is entered again', async () => {
  answers('DuplicateItem', 'ConditionalCheckFailed', undefined);
  database.on(BatchGetItemCommand).resolves({ Responses: { Accounts: [] } });
  await createAccountStore(dynamodb, 'Accounts').enterRoster([entry]);
  expect(statements()).toEqual(['INSERT', 'UPDATE', 'INSERT']);
});

test('a roster entry that is as new already stays as it is', async () => {
  answers('DuplicateItem', 'ConditionalCheckFailed');
  const newer = { accountId: { S: 'acme' }, sk: { S: 'l1' }, documentVersion: { N: '6' } };
  database.on(BatchGetItemCommand).resolves({ Responses: { Accounts: [newer] } });
  await createAccountStore(dynamodb, 'Accounts').enterRoster([entry]);
  expect(statements()).toEqual(['INSERT', 'UPDATE']);
});

test('a roster entry that the table will not take is an error, so that its lead is not written without it', async () => {
  answers('ValidationError');
  await expect(createAccountStore(dynamodb, 'Accounts').enterRoster([entry])).rejects.toThrow('could not be stored');
});
