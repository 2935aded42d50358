import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { placesOf } from '../../shared/http/route-places.ts';
import { keyOf, routeAt } from '../../shared/http/routes.ts';
import { MethodNotAllowed, Problem } from '../../shared/problem/problem.ts';

const isHead = ({ requestContext }: APIGatewayProxyEventV2) => requestContext.http.method === 'HEAD';

/** The event of a HEAD as that of its GET: API Gateway has its GET routes answer no HEAD, which comes by `$default`. */
export function routedEvent(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  if (!isHead(event) || routeAt(event.routeKey)) return event;
  const place = placesOf(event.rawPath).find(({ route }) => route.method === 'GET');
  return place ? { ...event, routeKey: keyOf(place.route), pathParameters: place.parts } : event;
}

/** Throws for an event of no route: 405 where its path has routes of other methods, else 404. */
export function refuseUnrouted({ routeKey, rawPath }: APIGatewayProxyEventV2): void {
  if (routeAt(routeKey)) return;
  const methods = new Set(placesOf(rawPath).map(({ route }) => route.method));
  if (methods.size === 0) throw new Problem(404, 'no_such_route', 'The API has no such route');
  if (methods.has('GET')) methods.add('HEAD');
  throw new MethodNotAllowed([...methods].sort());
}

/** The result without its body where HEAD was asked. */
export function withoutBodyOfHead(
  event: APIGatewayProxyEventV2,
  result: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  if (!isHead(event)) return result;
  const { body: _body, isBase64Encoded: _encoded, ...rest } = result;
  return rest;
}
