import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
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

/** Requests per second: a flood of them must not take the concurrency that queues and streams need. */
const defaultRateLimit = 500;

/** One line of JSON for each call. Routes, not paths: those name leads. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    routeKey: '$context.routeKey',
    status: '$context.status',
    callerArn: '$context.identity.userArn',
    subject: '$context.authorizer.claims.sub',
    sourceIp: '$context.identity.sourceIp',
    latencyMs: '$context.responseLatency',
    functionLatencyMs: '$context.integrationLatency',
    functionError: '$context.integrationErrorMessage',
    authorizerError: '$context.authorizer.error',
    responseBytes: '$context.responseLength',
  }),
);

/** The HTTP API: a gateway route for each entry of the route table, all answered by one function. */
export function createApi(scope: Construct, handler: HouseFunction, stage: Stage): HttpApi {
  const origins = originsOf(scope);
  const api = new HttpApi(scope, 'Api', {
    description: 'Lead segments',
    createDefaultStage: false,
    defaultAuthorizer: authorizerOf(scope),
    ...(origins && { corsPreflight: corsOf(origins) }),
  });
  const accessLog = new LogGroup(scope, 'ApiAccessLog', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: removalPolicyOf(stage),
  });
  new HttpStage(scope, 'ApiStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    throttle: {
      rateLimit: numberOf(scope, 'apiRateLimit', defaultRateLimit),
      burstLimit: numberOf(scope, 'apiBurstLimit', 2 * defaultRateLimit),
    },
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
  if (origins) {
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
  }
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

/** The origins whose pages may call, `-c corsOrigins=https://a.example,https://b.example`; none without it. */
export function originsOf(scope: Construct): string[] | undefined {
  const origins: unknown = scope.node.tryGetContext('corsOrigins');
  return typeof origins === 'string' && origins !== '' ? origins.split(',') : undefined;
}

/** What pages of these origins may send and read; no cookie is ever read. */
function corsOf(allowOrigins: string[]): CorsPreflightOptions {
  return {
    allowOrigins,
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
  };
}

/** A number of the context, such as `-c apiRateLimit=100`. Throws for what is none. */
function numberOf(scope: Construct, name: string, otherwise: number): number {
  const given: unknown = scope.node.tryGetContext(name) ?? otherwise;
  const number = Number(given);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`The context "${name}" must be a whole number above 0, not ${JSON.stringify(given)}`);
}
