import { CorsHttpMethod, HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { routes } from '../shared/http/routes.ts';
import type { HouseFunction } from './house-function.ts';

/** The HTTP API: one gateway route per route of the API, and one for all that is none, which answers a problem. */
export function createApi(scope: Construct, lambda: HouseFunction): HttpApi {
  const integration = new HttpLambdaIntegration('ApiIntegration', lambda);
  const api = new HttpApi(scope, 'HttpApi', {
    corsPreflight: {
      allowOrigins: ['*'],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: ['content-type', 'if-match', 'idempotency-key', 'authorization'],
      exposeHeaders: ['etag', 'location'],
    },
    defaultIntegration: integration,
    defaultAuthorizer: new HttpNoneAuthorizer(),
  });
  for (const { method, path } of routes) api.addRoutes({ path, methods: [HttpMethod[method]], integration });
  return api;
}
