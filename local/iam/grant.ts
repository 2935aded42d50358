import type { StackResources } from '../template/resources.ts';
import { TemplateError } from '../template/template.ts';
import type { AwsAccess } from './aws-access.ts';

/** One action that a role may use on one resource, as its policy has them; both may have `*` in them. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  /** If only items with some partition keys: a pattern of them. */
  readonly leadingKey?: string;
  /** Whether what AWS does in the name of the function needs it, not the function itself. */
  readonly isForAws: boolean;
}

/** A statement of a policy, references resolved. */
interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

interface Policy {
  PolicyDocument?: { Statement?: Statement[] };
}

/**
 * What the roles of functions may do, by the logical id of the function. Only what templates of this project contain is
 * known: statements that allow, with a condition on leading keys at most. Throws a {@link TemplateError} for all else.
 */
export function grantsOfFunctions(resources: StackResources): Map<string, Grant[]> {
  const destinations = failureDestinations(resources);
  // What does not fit into a role's own policy the CDK puts into a managed one.
  const policies = [...resources.ofType('AWS::IAM::Policy'), ...resources.ofType('AWS::IAM::ManagedPolicy')].map(
    ([logicalId, { Properties }]) => ({
      roles: ((Properties?.Roles ?? []) as Array<{ Ref?: string }>).map(({ Ref }) => Ref),
      statements: resources.properties<Policy>(logicalId).PolicyDocument?.Statement ?? [],
      logicalId,
    }),
  );
  return new Map(
    resources.ofType('AWS::Lambda::Function').map(([functionId, { Properties }]) => {
      const role = Properties?.Role as { 'Fn::GetAtt'?: [string, string] } | undefined;
      const roleId = role?.['Fn::GetAtt']?.[0] ?? '';
      refuseOtherPolicies(resources, roleId);
      const own = policies.filter(({ roles }) => roles.includes(roleId));
      const grants = own.flatMap(({ statements, logicalId }) =>
        statements.flatMap((statement) => grantsOf(statement, logicalId, destinations)),
      );
      return [functionId, grants];
    }),
  );
}

/** Whether a grant covers what a call asks for. */
export function covers(grant: Grant, { action, resource, leadingKey }: AwsAccess): boolean {
  if (!matches(grant.action, action) || !matches(grant.resource, resource)) return false;
  if (grant.leadingKey === undefined) return true;
  if (leadingKey === undefined) throw new Error(`It is not known which items ${action} on ${resource} is about.`);
  return matches(grant.leadingKey, leadingKey);
}

/** How a grant is told to people. */
export function describeGrant({ action, resource, leadingKey }: Grant): string {
  const place = resource.split(':').slice(5).join(':');
  return `${action} on ${place}${leadingKey === undefined ? '' : ` where the key is ${leadingKey}`}`;
}

/** `*` in a pattern of IAM is any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  return compiled(pattern).test(text);
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${escaped}$`, 's');
  patterns.set(pattern, expression);
  return expression;
}

function grantsOf(statement: Statement, where: string, failureDestinations: ReadonlySet<string>): Grant[] {
  const { Effect, Action, Resource, Condition, ...rest } = statement;
  const unknown = Object.keys(rest).filter((key) => key !== 'Sid');
  if (Effect !== 'Allow' || Action === undefined || Resource === undefined || unknown.length > 0) {
    throw new TemplateError(where, `the local run evaluates only what is allowed, not ${JSON.stringify(statement)}`);
  }
  const actions = [Action].flat();
  const leadingKeys = leadingKeysOf(Condition, where);
  return actions.flatMap((action) =>
    [Resource].flat().flatMap((resource) => {
      const isForAws =
        servicesActions.test(action) ||
        (action === 'sqs:GetQueueAttributes' && actions.includes('sqs:ReceiveMessage')) ||
        failureDestinations.has(resource.replace('/*', ''));
      return leadingKeys.map((leadingKey) => ({ action, resource, isForAws, ...leadingKey }));
    }),
  );
}

/** What Lambda does for a function: it logs, traces, and takes from what wakes it. */
const servicesActions =
  /^(logs|xray):|^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$|^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueueUrl)$/;

/** A grant for each pattern of partition keys; for all keys without a condition. */
function leadingKeysOf(condition: Statement['Condition'], where: string): Array<{ leadingKey?: string }> {
  if (condition === undefined) return [{}];
  const [operator, ...others] = Object.keys(condition);
  const [key, ...otherKeys] = Object.keys(condition[operator ?? ''] ?? {});
  const isKnown =
    ['ForAllValues:StringEquals', 'ForAllValues:StringLike'].includes(operator ?? '') &&
    key === 'dynamodb:LeadingKeys' &&
    others.length + otherKeys.length === 0;
  if (!isKnown) throw new TemplateError(where, `the local run does not evaluate ${JSON.stringify(condition)}`);
  return [condition[operator!]![key]!].flat().map((leadingKey) => ({ leadingKey }));
}

/** Where event source mappings put what failed: they do so in the name of their function. */
function failureDestinations(resources: StackResources): ReadonlySet<string> {
  return new Set(
    resources.ofType('AWS::Lambda::EventSourceMapping').flatMap(([logicalId]) => {
      const { DestinationConfig } = resources.properties<{
        DestinationConfig?: { OnFailure?: { Destination?: string } };
      }>(logicalId);
      return DestinationConfig?.OnFailure?.Destination ?? [];
    }),
  );
}

function refuseOtherPolicies(resources: StackResources, roleId: string): void {
  const { ManagedPolicyArns, Policies, PermissionsBoundary } =
    resources.template.Resources[roleId]?.Properties ?? ({} as Record<string, unknown>);
  if (ManagedPolicyArns || Policies || PermissionsBoundary || !resources.template.Resources[roleId]) {
    throw new TemplateError(roleId, 'the local run evaluates only policies that are resources of the template');
  }
}
