import type { IncomingMessage } from 'node:http';

/** The CORS configuration of an HTTP API in the template. */
export interface Cors {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
  ExposeHeaders?: string[];
  AllowCredentials?: boolean;
  MaxAge?: number;
}

/** A browser asking whether it may ask. */
export function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

/** The headers of every answer to an origin that the configuration allows. */
export function corsHeaders(cors: Cors | undefined, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (!cors || origin === undefined) return {};
  const allowed = cors.AllowOrigins ?? [];
  const anyOrigin = allowed.includes('*');
  if (!anyOrigin && !allowed.some((one) => matchesOrigin(one, origin))) return {};
  const headers: Record<string, string> = {
    'access-control-allow-origin': anyOrigin && !cors.AllowCredentials ? '*' : origin,
  };
  if (!anyOrigin) headers.vary = 'Origin';
  if (cors.AllowCredentials) headers['access-control-allow-credentials'] = 'true';
  if (cors.ExposeHeaders) headers['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  if (!isPreflight(request)) return headers;
  if (cors.AllowMethods) headers['access-control-allow-methods'] = cors.AllowMethods.join(',');
  if (cors.AllowHeaders) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',');
  if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge);
  return headers;
}

function matchesOrigin(allowed: string, origin: string): boolean {
  const [before = '', after] = allowed.split('*');
  return after === undefined ? allowed === origin : origin.startsWith(before) && origin.endsWith(after);
}
