import type { Context, Env, Hono } from 'hono';

/** A route of an HTTP API: `GET /segments/{segmentId}`, `ANY /{proxy+}` or `$default`. */
export interface Route<Target> {
  key: string;
  target: Target;
}

/** Has each request answered by its most specific route; hono would take the first that fits. */
export function addRoutes<Target, E extends Env>(
  app: Hono<E>,
  routes: Array<Route<Target>>,
  answer: (context: Context<E>, route: Route<Target>) => Promise<Response>,
): void {
  for (const route of routes.toSorted((a, b) => (rank(a.key) < rank(b.key) ? -1 : 1))) {
    const [method = '', template = ''] = route.key === '$default' ? ['ANY', '*'] : route.key.split(' ');
    const path = template.replace(/\{([^}+]+)(\+?)\}/g, (_match, name, greedy) => `:${name}${greedy && '{.+}'}`);
    if (method === 'ANY') app.all(path, (context) => answer(context, route));
    else {
      // hono also has GET routes answer HEAD, which API Gateway has not.
      app.on(method === 'HEAD' ? 'GET' : method, path, (context, next) =>
        context.req.method === method ? answer(context, route) : next(),
      );
    }
  }
}

/** Sorts literal segments before parameters, those before a greedy one, and a method before ANY. */
function rank(key: string): string {
  if (key === '$default') return '9';
  const [method, path = ''] = key.split(' ');
  const segments = path.split('/').map((segment) => (segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0));
  return `${segments.join('')}${method === 'ANY' ? 1 : 0}`;
}
