import { RemovalPolicy } from 'aws-cdk-lib';

/** A deployment's stage: `prod` keeps and protects its data, every other one may be thrown away. */
export type Stage = string;

const stagePattern = /^[a-z][a-z0-9-]{0,19}$/;

/** The stage given as context (`-c stage=prod`); `dev` without one. Throws for a name that resources cannot have. */
export function stageOf(context: unknown): Stage {
  if (context === undefined) return 'dev';
  if (typeof context === 'string' && stagePattern.test(context)) return context;
  throw new Error(`The context "stage" must be lower-case letters, digits and dashes, not ${JSON.stringify(context)}`);
}

/** Whether the stage's data must survive mistakes. */
export function isProtected(stage: Stage): boolean {
  return stage === 'prod';
}

/** What becomes of a resource with data in it when the stack no longer has it. */
export function removalPolicyOf(stage: Stage): RemovalPolicy {
  return isProtected(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
