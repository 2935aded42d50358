import { readFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { type Listener, type LocalServer, listen } from '../aws/http-server.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Serves the built console on a port of its own, and tells it in `config.json` where the API is. */
export function serveConsole(directory: string, config: { apiUrl: string }, listener: Listener): Promise<LocalServer> {
  const answer: RequestListener = async (request, response) => {
    const path = pathOf(request.url);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, '.txt', 'GET only');
    if (path === '/config.json') return send(response, 200, '.json', JSON.stringify(config));
    const file = resolve(join(directory, path === '/' ? 'index.html' : path));
    if (!file.startsWith(resolve(directory) + sep)) return send(response, 404, '.txt', 'Not found');
    try {
      // Built files are named by their content; the page itself is not.
      send(response, 200, extname(file), await readFile(file), path.startsWith('/assets/'));
    } catch {
      send(response, 404, '.txt', 'Not found');
    }
  };
  return listen(answer, listener);
}

function pathOf(url = '/'): string {
  try {
    return decodeURIComponent(new URL(url, 'http://console').pathname);
  } catch {
    return '/not-found';
  }
}

function send(response: ServerResponse, status: number, extension: string, body: string | Buffer, isFinal = false) {
  response.writeHead(status, {
    'content-type': contentTypes[extension] ?? 'text/plain; charset=utf-8',
    'cache-control': isFinal ? 'public, max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
