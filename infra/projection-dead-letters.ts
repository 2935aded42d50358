import { Duration, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from './stage.ts';

/**
 * Keeps whole what a stream's function could not handle: a bucket, because a queue would hold only a reference to it. Of
 * each batch there, a note goes to `notes`: that queue has an alarm, and is looked through like any dead letters.
 */
export function createProjectionDeadLetters(scope: Construct, stage: Stage, notes: Queue): Bucket {
  const bucket = new Bucket(scope, 'ProjectionDeadLetters', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: removalPolicyOf(stage),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Only Lambda writes here, and only when a projection failed. Who has to know who reads records data events.',
  });
  // The library would have a function of its own tell S3 so.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  new Rule(scope, 'StreamBatchFailed', {
    description: 'Notes each batch of a stream that could not be handled.',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] } },
    },
    targets: [new SqsQueue(notes)],
  });
  return bucket;
}
