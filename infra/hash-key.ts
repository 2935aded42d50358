import { Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from './stage.ts';

/**
 * The key of the hashes that stand for people who are erased: made once, and never changed, or nobody would be known again
 * by a hash. It lies apart from the tables, so that a copy of them tells nobody's id.
 */
export function createHashKey(scope: Construct, stage: Stage): Secret {
  const secret = new Secret(scope, 'HashKey', {
    description: 'The key of hashes of lead ids and values; a new one would forget who was erased and kept out.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: removalPolicyOf(stage),
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'With another key, whom the old hashes stand for could never be told again.',
  });
  return secret;
}
