import type { IncomingMessage } from 'node:http';
import type { StackResources } from '../template/resources.ts';

/** The CORS rules of a bucket in the template. */
export interface BucketCors {
  readonly CorsRules: ReadonlyArray<{
    readonly AllowedOrigins: readonly string[];
    readonly AllowedMethods: readonly string[];
    readonly AllowedHeaders?: readonly string[];
    readonly MaxAge?: number;
  }>;
}

/** The CORS rules of those buckets of the template that have some, by the names of the buckets. */
export function corsOfBuckets(resources: StackResources): ReadonlyMap<string, BucketCors> {
  return new Map(
    resources.ofType('AWS::S3::Bucket').flatMap(([logicalId]) => {
      const { CorsConfiguration } = resources.properties<{ CorsConfiguration?: BucketCors }>(logicalId);
      return CorsConfiguration ? [[resources.physical(logicalId).ref, CorsConfiguration] as const] : [];
    }),
  );
}

/** What S3 tells a page with an answer, or before its request; nothing where no rule of the bucket allows it. */
export function corsAnswer(
  cors: BucketCors | undefined,
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
): Record<string, string> | undefined {
  const { origin } = headers;
  if (origin === undefined) return undefined;
  const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : method;
  const askedHeaders = String(headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = cors?.CorsRules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders = [] }) =>
      AllowedOrigins.some((one) => one === '*' || one === origin) &&
      AllowedMethods.includes(asked ?? '') &&
      askedHeaders.every((name) => AllowedHeaders.some((one) => one === '*' || one.toLowerCase() === name)),
  );
  if (!rule) return undefined;
  return {
    'access-control-allow-origin': rule.AllowedOrigins.includes('*') ? '*' : origin,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(askedHeaders.length > 0 && { 'access-control-allow-headers': askedHeaders.join(', ') }),
    ...(rule.MaxAge !== undefined && { 'access-control-max-age': String(rule.MaxAge) }),
  };
}
