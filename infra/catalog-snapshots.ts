import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from './stage.ts';

/**
 * Keeps the snapshot of the catalog that functions start from. It is written again each day, so it stays; what nobody writes
 * again, because whoever was to remove it died, is gone after a week.
 */
export function createCatalogSnapshots(scope: Construct, stage: Stage): Bucket {
  const bucket = new Bucket(scope, 'CatalogSnapshots', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(7) }],
    removalPolicy: removalPolicyOf(stage),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Only functions read and write here, and a copy of what is in the table.',
  });
  return bucket;
}
