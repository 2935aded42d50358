import type { LocalFunctions } from '../lambda/functions.ts';
import type { LocalFunction } from '../lambda/local-function.ts';
import type { StandIns } from '../stand-ins.ts';
import type { StackResources } from '../template/resources.ts';
import { TemplateError } from '../template/template.ts';
import type { HttpApi } from './http-api.ts';
import type { Cors } from './http-cors.ts';

/** One slow answer, such as a preview, must not hold up the others. */
const httpConcurrency = 4;

/** The HTTP API of the template, if it has one. */
export function readHttpApi({ resources, functions, log }: StandIns): HttpApi | undefined {
  const [api, another] = resources.ofType('AWS::ApiGatewayV2::Api');
  if (!api) return undefined;
  const [id] = api;
  if (another) throw new TemplateError(another[0], 'the local run serves one HTTP API');
  const { ProtocolType, CorsConfiguration } = resources.properties<{ ProtocolType: string; CorsConfiguration?: Cors }>(
    id,
  );
  if (ProtocolType !== 'HTTP') throw new TemplateError(id, `the local run has no ${ProtocolType} APIs`);
  const authorized: string[] = [];
  const routes = resources.ofType('AWS::ApiGatewayV2::Route').map(([routeId]) => {
    const route = resources.properties<{ RouteKey: string; Target: string; AuthorizationType?: string }>(routeId);
    if ((route.AuthorizationType ?? 'NONE') !== 'NONE') authorized.push(route.RouteKey);
    const integrationId = route.Target.replace('integrations/', '');
    return { key: route.RouteKey, target: integrationTarget(resources, functions, integrationId) };
  });
  if (authorized.length > 0)
    log.info(`Not checked here: the authorization that ${authorized.length} routes have in the cloud.`);
  return { id, routes, cors: CorsConfiguration };
}

function integrationTarget(resources: StackResources, functions: LocalFunctions, id: string): LocalFunction {
  const properties = resources.properties<{
    IntegrationType: string;
    IntegrationUri: string;
    PayloadFormatVersion?: string;
  }>(id);
  const arn = /arn:aws:lambda:[^/]+:function:[^/]+/.exec(properties.IntegrationUri)?.[0];
  if (properties.IntegrationType !== 'AWS_PROXY' || !arn || properties.PayloadFormatVersion !== '2.0') {
    throw new TemplateError(id, 'the local run integrates functions with payload format 2.0 only');
  }
  const target = functions.byArn(arn);
  target.allow(httpConcurrency);
  return target;
}
