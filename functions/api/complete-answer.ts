import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { apiVersion } from '../../shared/http/api-version.ts';
import { fitsIfNoneMatch } from '../../shared/http/if-match.ts';
import type { PlainAnswer, Route } from '../../shared/http/route.ts';
import { routeAt } from '../../shared/http/routes.ts';
import { digestOf } from './digest.ts';

/**
 * An answer with the ETag of just that answer, where its route has one: the revision, which `If-Match` goes by, and a
 * digest. 304 without a body when the client has that answer already.
 */
export async function withEtag(
  route: Route | undefined,
  answer: PlainAnswer,
  ifNoneMatch: string | undefined,
): Promise<PlainAnswer> {
  if (!route?.hasEtag || answer.status !== 200) return answer;
  const revision = answer.headers?.etag?.replaceAll('"', '');
  const etag = `"${revision === undefined ? '' : `${revision}-`}${await digestOf(JSON.stringify(answer.body, sameText))}"`;
  const headers = { ...answer.headers, etag };
  return fitsIfNoneMatch(ifNoneMatch, etag) ? { status: 304, headers } : { ...answer, headers };
}

/**
 * Has JSON write the same text for the same answer: DynamoDB gives attributes in any order, and how fresh a segment is
 * moves on all the time.
 */
function sameText(name: string, value: unknown): unknown {
  if (name === 'freshAsOf') return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An answer with what every answer has: the request's id, the version of the API, and whether it may be stored. */
export function completeAnswer(
  { routeKey, requestContext }: APIGatewayProxyEventV2,
  result: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 {
  const mayBeStored = routeAt(routeKey)?.mayBeStored && (result.statusCode === 200 || result.statusCode === 304);
  const headers = {
    'x-request-id': requestContext.requestId,
    'api-version': apiVersion,
    'cache-control': mayBeStored ? 'private, no-cache' : 'no-store',
    ...result.headers,
  };
  return { ...result, headers };
}
