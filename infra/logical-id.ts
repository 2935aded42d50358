import { type CfnElement, type Resource, Stack } from 'aws-cdk-lib';

/** What the template calls a resource. */
export function logicalIdOf(resource: Resource): string {
  const stack = Stack.of(resource);
  return stack.resolve(stack.getLogicalId(resource.node.defaultChild as CfnElement));
}
