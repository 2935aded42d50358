import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { type Listener, type LocalServer, listen } from '../aws/http-server.ts';

/** Serves the built console on a port of its own, and tells it in `config.json` where the API is. */
export function serveConsole(directory: string, config: { apiUrl: string }, listener: Listener): Promise<LocalServer> {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    // Built files are named by their content; the page itself is not.
    const isFinal = context.res.ok && context.req.path.startsWith('/assets/');
    context.header('cache-control', isFinal ? 'public, max-age=31536000, immutable' : 'no-cache');
    context.header('x-content-type-options', 'nosniff');
  });
  app.get('/config.json', (context) => context.json(config));
  app.get('*', serveStatic({ root: directory }));
  app.get('*', (context) => context.text('Not found', 404));
  app.all('*', (context) => context.text('GET only', 405));
  return listen(getRequestListener(app.fetch, { overrideGlobalObjects: false }), listener);
}
