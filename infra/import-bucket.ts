import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { originsOf } from './api.ts';
import { removalPolicyOf, type Stage } from './stage.ts';

/** Keeps the files that are imported, and what was found in them and refused of them, for a week. */
export function createImportFiles(scope: Construct, stage: Stage): Bucket {
  const allowedOrigins = originsOf(scope);
  const bucket = new Bucket(scope, 'ImportFiles', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    // Pages put files at addresses that the API signed for them.
    ...(allowedOrigins && {
      cors: [{ allowedOrigins, allowedMethods: [HttpMethods.PUT], allowedHeaders: ['content-type'], maxAge: 3_600 }],
    }),
    removalPolicy: removalPolicyOf(stage),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Files live for a week, and the log of the API tells who calls the routes that link to them.',
  });
  return bucket;
}
