import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** The CORS configuration of an HTTP API in the template. */
export interface Cors {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
  ExposeHeaders?: string[];
  AllowCredentials?: boolean;
  MaxAge?: number;
}

/** Answers browsers as API Gateway does: preflights by itself, and nothing about CORS to other origins. */
export function corsOf(configuration: Cors): MiddlewareHandler {
  const { AllowOrigins = [], AllowMethods = [], AllowHeaders = [], AllowCredentials = false } = configuration;
  const isAllowed = (origin: string) => AllowOrigins.some((one) => matchesOrigin(one, origin));
  const tell = cors({
    origin: AllowOrigins.includes('*') && !AllowCredentials ? '*' : (origin) => (isAllowed(origin) ? origin : null),
    allowMethods: AllowMethods,
    allowHeaders: AllowHeaders,
    exposeHeaders: configuration.ExposeHeaders ?? [],
    credentials: AllowCredentials,
    ...(configuration.MaxAge !== undefined && { maxAge: configuration.MaxAge }),
  });
  return async (context, next) => {
    const origin = context.req.header('origin');
    const isPreflight =
      context.req.method === 'OPTIONS' && context.req.header('access-control-request-method') !== undefined;
    if (origin === undefined || !isAllowed(origin)) return isPreflight ? context.body(null, 204) : next();
    // hono takes every OPTIONS for a preflight.
    if (context.req.method === 'OPTIONS' && !isPreflight) return next();
    const answer = await tell(context, next);
    // hono allows whatever is asked for when no header is allowed; what it has told so far is in both.
    if (AllowHeaders.length === 0) {
      for (const one of [context.res, answer]) one?.headers.delete('access-control-allow-headers');
    }
    return answer;
  };
}

function matchesOrigin(allowed: string, origin: string): boolean {
  const [before = '', after] = allowed.split('*');
  return after === undefined ? allowed === origin : origin.startsWith(before) && origin.endsWith(after);
}
