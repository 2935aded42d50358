import { describe, expect, it } from 'vitest';
import {
  accessOfJsonCall,
  accessOfObjectCall,
  accessToMissingObject,
  type ResourceNames,
  UnknownCallError,
} from '../../../local/iam/aws-access.ts';

const names: ResourceNames = {
  table: (name) => `table/${name}`,
  partitionKey: () => 'pk',
  queue: (url) => `queue/${url}`,
  bus: (name) => `bus/${name}`,
};
const accessOf = (target: string, input: Record<string, unknown>) =>
  accessOfJsonCall(target, input, names).map(({ action, resource, leadingKey }) =>
    [action, resource, leadingKey ?? '-'].join(' '),
  );
const Key = { pk: { S: 'freshness' }, sk: { S: 'x' } };

describe('a call of DynamoDB', () => {
  it.each([
    ['GetItem', { TableName: 'T', Key }, ['dynamodb:GetItem table/T freshness']],
    ['PutItem', { TableName: 'T', Item: { ...Key, more: { N: '1' } } }, ['dynamodb:PutItem table/T freshness']],
    ['UpdateItem', { TableName: 'T', Key }, ['dynamodb:UpdateItem table/T freshness']],
    ['DeleteItem', { TableName: 'T', Key }, ['dynamodb:DeleteItem table/T freshness']],
    ['Query', { TableName: 'T', KeyConditionExpression: 'pk = :pk' }, ['dynamodb:Query table/T -']],
    ['Query', { TableName: 'T', IndexName: 'due' }, ['dynamodb:Query table/T/index/due -']],
    ['Scan', { TableName: 'T' }, ['dynamodb:Scan table/T -']],
    ['BatchGetItem', { RequestItems: { T: { Keys: [Key] } } }, ['dynamodb:BatchGetItem table/T freshness']],
    [
      'BatchWriteItem',
      { RequestItems: { T: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key: { pk: { N: '7' } } } }] } },
      ['dynamodb:BatchWriteItem table/T freshness', 'dynamodb:BatchWriteItem table/T 7'],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { ConditionCheck: { TableName: 'T', Key } },
          { Put: { TableName: 'T', Item: Key } },
          { Update: { TableName: 'U', Key } },
          { Delete: { TableName: 'U', Key } },
        ],
      },
      [
        'dynamodb:ConditionCheckItem table/T freshness',
        'dynamodb:PutItem table/T freshness',
        'dynamodb:UpdateItem table/U freshness',
        'dynamodb:DeleteItem table/U freshness',
      ],
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'T', Key } }] }, ['dynamodb:GetItem table/T freshness']],
    [
      'BatchExecuteStatement',
      {
        Statements: [
          { Statement: `INSERT INTO "T" VALUE {'pk': ?}` },
          { Statement: 'UPDATE "T" SET "a" = ? WHERE "pk" = ?' },
          { Statement: 'DELETE FROM "T" WHERE "pk" = ?' },
          { Statement: 'SELECT * FROM "T"."due" WHERE "pk" = ?' },
        ],
      },
      [
        'dynamodb:PartiQLInsert table/T -',
        'dynamodb:PartiQLUpdate table/T -',
        'dynamodb:PartiQLDelete table/T -',
        'dynamodb:PartiQLSelect table/T/index/due -',
      ],
    ],
  ])('%s asks for the table, and the item where it is one', (operation, input, wanted) => {
    expect(accessOf(`DynamoDB_20120810.${operation}`, input)).toEqual(wanted);
  });
});

describe('a call of SQS, EventBridge or S3', () => {
  it('asks for the queue or bus; batches need what single calls need', () => {
    expect(accessOf('AmazonSQS.SendMessageBatch', { QueueUrl: 'Q' })).toEqual(['sqs:SendMessage queue/Q -']);
    expect(accessOf('AWSEvents.PutEvents', { Entries: [{ EventBusName: 'B' }, {}] })).toEqual([
      'events:PutEvents bus/B -',
      'events:PutEvents bus/default -',
    ]);
  });

  it('asks for the object, and before it says that there is none, for the list of the bucket', () => {
    const access = accessOfObjectCall('HEAD', '/exports/exp_1/a%20b.csv');
    expect(access).toEqual({ action: 's3:GetObject', resource: 'arn:aws:s3:::exports/exp_1/a b.csv' });
    expect(accessToMissingObject(access)).toEqual({ action: 's3:ListBucket', resource: 'arn:aws:s3:::exports' });
    expect(accessOfObjectCall('POST', '/exports/a?uploads').action).toBe('s3:PutObject');
    expect(accessOfObjectCall('DELETE', '/exports/a?uploadId=1').action).toBe('s3:AbortMultipartUpload');
    expect(accessOfObjectCall('DELETE', '/exports/a').action).toBe('s3:DeleteObject');
  });
});

it('is not guessed where it is not known', () => {
  expect(() => accessOf('DynamoDB_20120810.CreateTable', {})).toThrow(UnknownCallError);
  expect(() =>
    accessOf('DynamoDB_20120810.BatchExecuteStatement', { Statements: [{ Statement: 'EXISTS(…)' }] }),
  ).toThrow(UnknownCallError);
  expect(() => accessOfObjectCall('PATCH', '/exports/a')).toThrow(UnknownCallError);
  expect(() => accessOfObjectCall('GET', '/exports')).toThrow(UnknownCallError);
});
