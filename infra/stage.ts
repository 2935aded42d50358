import { RemovalPolicy } from 'aws-cdk-lib';
import { shardCountIn, usualShardCount } from '../shared/lead/shard.ts';

/** A deployment: its name, and whether its data must survive mistakes. */
export interface Stage {
  readonly name: string;
  readonly isProtected: boolean;
}

/** Where people try things out: what it holds may go with its stack. */
const defaultName = 'dev';
const namePattern = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * The stage of the context `stage` (`-c stage=prod`; `dev` without one), protected unless it is `dev` or the context
 * `disposable` says otherwise (`-c disposable=true`). Throws for a name that resources cannot have, and for other values.
 */
export function stageOf({ stage: name = defaultName, disposable }: { stage?: unknown; disposable?: unknown }): Stage {
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new Error(`The context "stage" must be lower-case letters, digits and dashes, not ${JSON.stringify(name)}`);
  }
  const isDisposable = String(disposable ?? name === defaultName);
  if (isDisposable !== 'true' && isDisposable !== 'false') {
    throw new Error(`The context "disposable" must be true or false, not ${JSON.stringify(disposable)}`);
  }
  return { name, isProtected: isDisposable === 'false' };
}

/** What becomes of what is kept when the stack no longer has it; a first deployment that is rolled back leaves nothing. */
export function removalPolicyOf({ isProtected }: Stage): RemovalPolicy {
  return isProtected ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** How many shards the leads are in: the context `shardCount`. Throws when they cannot be in so many. */
export function shardCountOf(context: unknown): number {
  return context === undefined ? usualShardCount : shardCountIn(String(context));
}
