import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from './stage.ts';

/** Keeps whole what a stream's function could not handle: a bucket, because a queue would hold only a reference to it. */
export function createProjectionDeadLetters(scope: Construct, stage: Stage): Bucket {
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
  return bucket;
}
