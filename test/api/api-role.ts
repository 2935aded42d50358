import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { AccessControl, namesIn } from '../../local/iam/access-control.ts';
import { accessOfJsonCall } from '../../local/iam/aws-access.ts';
import { readAssembly } from '../../local/template/assembly.ts';
import { StackResources } from '../../local/template/resources.ts';

/** What the role of the API function may do with tables by the template, which rooms call by their plain names. */
export function apiRole(): { readonly control: AccessControl; readonly apply: (client: DynamoDBClient) => void } {
  const { template, stackName, region } = readAssembly(inject('assembly'));
  const resources = new StackResources(template, { stackName, region, apiUrl: '', sqsUrl: '' });
  const control = new AccessControl(resources);
  const names = namesIn(resources);
  const inStack = (table: string) => `${stackName}-${table}`;
  const ofRoom = {
    ...names,
    table: (name: string) => names.table(inStack(name)),
    partitionKey: (table: string) => names.partitionKey(inStack(table)),
  };
  const [functionId] =
    resources
      .ofType('AWS::Lambda::Function')
      .map(([logicalId]) => logicalId)
      .filter((logicalId) => resources.plainName(logicalId) === 'ApiFunction') ?? [];
  const apply = (client: DynamoDBClient) => {
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers, body } = args.request as { headers: Record<string, string>; body: string | Uint8Array };
        control.check(
          functionId!,
          accessOfJsonCall(headers['x-amz-target']!, JSON.parse(Buffer.from(body as string).toString()), ofRoom),
        );
        return next(args);
      },
      { step: 'finalizeRequest', name: 'apiRole' },
    );
  };
  return { control, apply };
}
