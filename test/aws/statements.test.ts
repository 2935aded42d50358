import { BatchExecuteStatementCommand, type BatchStatementErrorCodeEnum } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { runStatements } from '../../shared/aws/statements.ts';
import { dynamodb, withoutPauses } from '../queues/faults.ts';

withoutPauses();

const database = mockClient(dynamodb);
beforeEach(() => database.reset());

const statements = (count: number) => Array.from({ length: count }, (_, index) => ({ Statement: `s${index}` }));
const sent = () =>
  database
    .commandCalls(BatchExecuteStatementCommand)
    .map((call) => call.args[0].input.Statements!.map((s) => s.Statement));

/** Answers each statement with the errors listed for it, one a time, then with success. */
function fail(errors: Record<string, BatchStatementErrorCodeEnum[]>): void {
  database.on(BatchExecuteStatementCommand).callsFake(({ Statements }) => ({
    Responses: Statements.map(({ Statement }: { Statement: string }) => {
      const Code = errors[Statement]?.shift();
      return Code ? { Error: { Code, Message: 'why' } } : {};
    }),
  }));
}

describe('conditional statements', () => {
  test('go 25 a call, results in their order', async () => {
    fail({ s0: ['ConditionalCheckFailed'], s26: ['DuplicateItem'] });
    const results = await runStatements(dynamodb, statements(60));
    expect(sent().map(({ length }) => length)).toEqual([25, 25, 10]);
    expect(results.map((result, index) => [index, result]).filter(([, result]) => result !== 'done')).toEqual([
      [0, 'condition_failed'],
      [26, 'condition_failed'],
    ]);
  });

  test.each([
    'ThrottlingError',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'TransactionConflict',
    'InternalServerError',
  ] as const)('that fail with %s are sent again, and only they', async (code) => {
    fail({ s1: [code, code], s2: [code, 'ConditionalCheckFailed'] });
    expect(await runStatements(dynamodb, statements(4))).toEqual(['done', 'done', 'condition_failed', 'done']);
    expect(sent()).toEqual([['s0', 's1', 's2', 's3'], ['s1', 's2'], ['s1']]);
  });

  test('that nothing cures are told with the reason, and not sent again', async () => {
    fail({ s1: ['ValidationError'] });
    expect(await runStatements(dynamodb, statements(2))).toEqual(['done', { failed: 'ValidationError why' }]);
    expect(sent()).toHaveLength(1);
  });

  test('that stay throttled are told so in the end', async () => {
    fail({ s0: Array(99).fill('ThrottlingError') });
    expect(await runStatements(dynamodb, statements(1))).toEqual([{ failed: 'it was throttled too often' }]);
    expect(sent()).toHaveLength(10);
  });

  test('of which there are none need no call', async () => {
    expect(await runStatements(dynamodb, [])).toEqual([]);
    expect(database.calls()).toHaveLength(0);
  });
});
