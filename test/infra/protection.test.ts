import { describe, expect, it } from 'vitest';
import { stageOf } from '../../infra/stage.ts';
import { createStack, resourcesOf, synthesize } from './synthesize.ts';

/** What a stack keeps: data, messages, and what was logged. */
const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup'];

function policiesOf(context: Record<string, string>): Array<[id: string, onDeletion: string, onReplacement: string]> {
  const template = synthesize(context);
  return kept.flatMap((type) =>
    [...resourcesOf(template, type)].map(([id, { DeletionPolicy, UpdateReplacePolicy }]): [string, string, string] => [
      `${type} ${id}`,
      DeletionPolicy ?? 'none',
      UpdateReplacePolicy ?? 'none',
    ]),
  );
}

describe('the stage', () => {
  it.each([
    [{}, { name: 'dev', isProtected: false }],
    [{ stage: 'prod' }, { name: 'prod', isProtected: true }],
    [{ stage: 'staging' }, { name: 'staging', isProtected: true }],
    [
      { stage: 'staging', disposable: 'true' },
      { name: 'staging', isProtected: false },
    ],
    [
      { stage: 'staging', disposable: true },
      { name: 'staging', isProtected: false },
    ],
    [{ disposable: 'false' }, { name: 'dev', isProtected: true }],
  ])('of %j is %j', (context, stage) => {
    expect(stageOf(context)).toEqual(stage);
  });

  it.each([
    [{ stage: 'Prod' }, /"stage" must be lower-case/],
    [{ stage: 'prod', disposable: 'yes' }, /"disposable" must be true or false, not "yes"/],
  ])('of %j is refused', (context, reason) => {
    expect(() => stageOf(context)).toThrow(reason);
  });
});

describe.each(['prod', 'staging'])('a stack of the stage %s', (stage) => {
  it('keeps tables, buckets, queues and logs when it is deleted', () => {
    const policies = policiesOf({ stage });
    expect(policies.length).toBeGreaterThan(30);
    for (const [id, onDeletion, onReplacement] of policies) {
      expect([onDeletion, onReplacement], id).toEqual([
        // What is protected from deletion cannot be deleted by a rollback either.
        id.startsWith('AWS::DynamoDB::Table') ? 'Retain' : 'RetainExceptOnCreate',
        'Retain',
      ]);
    }
  });

  it('cannot be deleted by mistake', () => {
    expect(createStack({ stage }).stack.terminationProtection).toBe(true);
  });
});

describe.each([{}, { stage: 'staging', disposable: 'true' }])('a stack of %j', (context: Record<string, string>) => {
  it('takes everything with it', () => {
    for (const [id, onDeletion] of policiesOf(context)) expect(onDeletion, id).toBe('Delete');
    expect(createStack(context).stack.terminationProtection).toBe(false);
  });
});

it('names nothing itself that outlives its stack, so that the next one can be made', () => {
  const template = synthesize({ stage: 'prod' });
  for (const type of kept) {
    for (const [id, { Properties }] of resourcesOf(template, type)) {
      const names = ['TableName', 'BucketName', 'QueueName', 'LogGroupName'].flatMap((name) => Properties[name] ?? []);
      for (const name of names) expect(JSON.stringify(name), id).toContain('AWS::StackId');
    }
  }
});
