import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { conditionFailed, doneIfMet, doneIfUnmoved, transacted } from '../../shared/aws/conditional.ts';

const about = { message: 'no', $metadata: {} };
const unmet = () => Promise.reject(new ConditionalCheckFailedException(about));
const conflict = () => Promise.reject(new TransactionConflictException(about));
const cancelled = (...codes: string[]) =>
  Promise.reject(new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) }));

describe('a conditional write', () => {
  test('is done, or its condition was not met', async () => {
    expect(await doneIfMet(Promise.resolve({}))).toBe(true);
    expect(await doneIfMet(unmet())).toBe(false);
  });

  test('fails for any other reason', async () => {
    await expect(doneIfMet(conflict())).rejects.toThrow(TransactionConflictException);
    await expect(doneIfMet(Promise.reject(new Error('away')))).rejects.toThrow('away');
  });

  test('may also find the item in the hands of a transaction', async () => {
    expect(await doneIfUnmoved(Promise.resolve({}))).toBe(true);
    for (const refused of [unmet(), conflict(), cancelled('TransactionConflict')]) {
      expect(await doneIfUnmoved(refused)).toBe(false);
    }
    await expect(doneIfUnmoved(Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});

describe('a transaction', () => {
  test('answers, or says which part refused it', async () => {
    expect(await transacted(Promise.resolve('answer'))).toEqual({ answer: 'answer' });
    expect(await transacted(cancelled('None', conditionFailed))).toEqual({ refusals: ['None', conditionFailed] });
  });

  test('fails for any other reason', async () => {
    await expect(transacted(unmet())).rejects.toThrow(ConditionalCheckFailedException);
  });
});
