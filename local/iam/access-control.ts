import type { StackResources } from '../template/resources.ts';
import { TemplateError } from '../template/template.ts';
import { type AwsAccess, accessToMissingObject, type ResourceNames } from './aws-access.ts';
import { covers, describeGrant, type Grant, grantsOfFunctions } from './grant.ts';

/** A call that the role of a function does not allow. */
export class AccessDeniedError extends Error {
  constructor(functionId: string, { action, resource, leadingKey }: AwsAccess) {
    const item = leadingKey === undefined ? '' : ` (item ${leadingKey})`;
    super(
      `User: arn:aws:sts::000000000000:assumed-role/${functionId} is not authorized to perform: ${action} on resource: ` +
        `${resource}${item} because no identity-based policy allows the ${action} action`,
    );
    this.name = 'AccessDeniedError';
  }
}

/** What functions may do by the policies of the template, and which of it they did. */
export class AccessControl {
  private readonly grants: Map<string, Grant[]>;
  private readonly used = new Set<Grant>();

  constructor(resources: StackResources) {
    this.grants = grantsOfFunctions(resources);
  }

  /** Throws an {@link AccessDeniedError} if the role of a function does not allow all of this. */
  check(functionId: string, accesses: readonly AwsAccess[]): void {
    for (const access of accesses) {
      if (!this.allows(functionId, access)) throw new AccessDeniedError(functionId, access);
    }
  }

  /** Whether a function that may read an object would be told that there is none, and not that it may not know. */
  mayKnowOfMissing(functionId: string, access: AwsAccess): boolean {
    return this.allows(functionId, accessToMissingObject(access));
  }

  /** What no call has needed yet, as people read it: `FUNCTION: ACTION on RESOURCE`. */
  unused(): string[] {
    return this.describe((grant) => !this.used.has(grant));
  }

  /** All that functions may do themselves, in the same form. */
  all(): string[] {
    return this.describe(() => true);
  }

  private describe(isMeant: (grant: Grant) => boolean): string[] {
    const lines = [...this.grants].flatMap(([functionId, grants]) =>
      grants
        .filter((grant) => !grant.isForAws && isMeant(grant))
        .map((grant) => `${functionId.replace(/Function[0-9A-F]{8}$/, '')}: ${describeGrant(grant)}`),
    );
    return [...new Set(lines)].sort();
  }

  private allows(functionId: string, access: AwsAccess): boolean {
    const grants = this.grants.get(functionId);
    if (!grants) throw new Error(`${functionId} is not a function of the template.`);
    const found = grants.find((grant) => covers(grant, access));
    if (found) this.used.add(found);
    return found !== undefined;
  }
}

/** How the resources of the template are called in policies, by the names that calls have for them. */
export function namesIn(resources: StackResources): ResourceNames {
  const arnsOf = (type: string) =>
    new Map(
      resources.ofType(type).map(([logicalId]) => {
        const { ref, attributes } = resources.physical(logicalId);
        return [ref, { logicalId, arn: attributes.Arn ?? '' }];
      }),
    );
  const tables = arnsOf('AWS::DynamoDB::Table');
  const buses = arnsOf('AWS::Events::EventBus');
  const queues = new Map([...arnsOf('AWS::SQS::Queue')].map(([url, queue]) => [url.split('/').at(-1), queue]));
  const known = <Key>(map: ReadonlyMap<Key, { logicalId: string; arn: string }>, name: Key) => {
    const found = map.get(name);
    if (!found) throw new TemplateError(String(name), 'the template has no such resource');
    return found;
  };
  return {
    table: (name) => known(tables, name).arn,
    partitionKey: (table) => {
      const { logicalId } = known(tables, table);
      const { KeySchema } = resources.properties<{ KeySchema: Array<{ AttributeName: string; KeyType: string }> }>(
        logicalId,
      );
      return KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
    },
    queue: (url) => known(queues, url.split('/').at(-1)).arn,
    bus: (name) => known(buses, name.split('/').at(-1) ?? name).arn,
  };
}
