import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from './stage.ts';

/** Keeps the files of exports for a week: as long as their records, and no longer than personal data has to be. */
export function createExports(scope: Construct, stage: Stage): Bucket {
  const bucket = new Bucket(scope, 'Exports', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: removalPolicyOf(stage),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Files live for a week, and the log of the API tells who calls the routes that link to them.',
  });
  return bucket;
}
