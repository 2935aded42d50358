import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const project = fileURLToPath(new URL('..', import.meta.url));

/** While developing: tells the console where the running local stack is (`STATE=DIR` where it is not `.local`). */
const configOfRunningStack: Plugin = {
  name: 'config-of-running-stack',
  configureServer(server) {
    server.middlewares.use('/config.json', (_request, response) => {
      try {
        const file = resolve(project, process.env.STATE ?? '.local', 'stack.json');
        const { apiUrl } = JSON.parse(readFileSync(file, 'utf8')) as { apiUrl: string };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ apiUrl }));
      } catch (error) {
        response.statusCode = 503;
        response.end(`No local stack is running; start one with npm start. (${(error as Error).message})`);
      }
    });
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that it can be served from any folder.
  base: './',
  plugins: [react(), configOfRunningStack],
  // The local run answers this page: see local/start.ts.
  server: { port: 5173, strictPort: true },
  build: { outDir: join(project, 'dist/console'), emptyOutDir: true },
});
