import { Duration, Validations } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { routes } from '../shared/http/routes.ts';
import type { HouseFunction } from './house-function.ts';
import { removalPolicyOf, type Stage } from './stage.ts';

/** The HTTP API: a gateway route for each entry of the route table, all answered by one function. */
export function createApi(scope: Construct, handler: HouseFunction, stage: Stage): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    description: 'Lead segments',
    createDefaultStage: false,
    defaultAuthorizer: authorizerOf(scope),
    corsPreflight: {
      allowOrigins: originsOf(scope),
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: [
        'authorization',
        'content-type',
        'idempotency-key',
        'if-match',
        'if-none-match',
        'x-amz-content-sha256',
        'x-amz-date',
        'x-amz-security-token',
      ],
      exposeHeaders: [
        'api-version',
        'apigw-requestid',
        'etag',
        'idempotent-replayed',
        'location',
        'retry-after',
        'x-request-id',
      ],
      maxAge: Duration.hours(1),
    },
  });
  const accessLog = new LogGroup(scope, 'ApiAccessLog', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: removalPolicyOf(stage),
  });
  new HttpStage(scope, 'ApiStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(accessLog) },
  });
  // One permission for the whole API: one for each route would outgrow the function's policy.
  const integration = new HttpLambdaIntegration('ApiFunction', handler, { scopePermissionToRoute: false });
  for (const { method, path } of routes) {
    api.addRoutes({ path, methods: [method as HttpMethod], integration });
  }
  // Unknown routes reach the function too, which answers them in the same form as every other problem.
  new HttpRoute(scope, 'ApiDefaultRoute', {
    httpApi: api,
    routeKey: HttpRouteKey.DEFAULT,
    integration,
    ...(api.defaultAuthorizer && { authorizer: api.defaultAuthorizer }),
  });
  const preflight = new HttpRoute(scope, 'ApiPreflight', {
    httpApi: api,
    routeKey: HttpRouteKey.with('/{proxy+}', HttpMethod.OPTIONS),
    integration,
    authorizer: new HttpNoneAuthorizer(),
  });
  Validations.of(preflight).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason: 'A browser sends no credentials with a preflight; without this route $default would refuse it.',
  });
  return api;
}

/** Whoever may call: holders of a token of `-c jwtIssuer=URL -c jwtAudience=ID`, else IAM identities of the account. */
function authorizerOf(scope: Construct): IHttpRouteAuthorizer {
  const issuer: unknown = scope.node.tryGetContext('jwtIssuer');
  if (issuer === undefined) return new HttpIamAuthorizer();
  const audience: unknown = scope.node.tryGetContext('jwtAudience');
  if (typeof issuer !== 'string' || typeof audience !== 'string') {
    throw new Error('jwtIssuer needs jwtAudience beside it: the ids that tokens are made for, with commas between.');
  }
  return new HttpJwtAuthorizer('Token', issuer, { jwtAudience: audience.split(',') });
}

/** The origins whose pages may call, `-c corsOrigins=https://a.example,https://b.example`; no cookie is ever read. */
function originsOf(scope: Construct): string[] {
  const origins: unknown = scope.node.tryGetContext('corsOrigins');
  return typeof origins === 'string' ? origins.split(',') : ['*'];
}
