import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { z } from 'zod';

/** What the gateway's authorizers say of the caller, where there is one. */
const contextSchema = z.object({
  authorizer: z.object({
    iam: z.object({ userArn: z.string() }).optional(),
    jwt: z.object({ claims: z.object({ email: z.string().optional(), sub: z.string().optional() }) }).optional(),
  }),
});

/** Who calls: the IAM identity's ARN, or the token's e-mail address or subject; "local" where nobody is asked. */
export function authorOf({ requestContext }: APIGatewayProxyEventV2): string {
  const { iam, jwt } = contextSchema.safeParse(requestContext).data?.authorizer ?? {};
  return iam?.userArn ?? jwt?.claims.email ?? jwt?.claims.sub ?? 'local';
}
