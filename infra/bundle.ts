import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { functionFiles } from './function-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

// Some dependencies are CommonJS and call require() for what Node has built in.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles every function, with all it depends on, to `dist/functions/NAME/index.mjs` in one go; answers that folder. For
 * Node 20, so that the same bundle runs in Lambda and on a developer's machine.
 */
export async function bundleFunctions(): Promise<string> {
  const directory = join(root, 'dist', 'functions');
  await build({
    entryPoints: Object.fromEntries(
      Object.entries(functionFiles).map(([name, file]) => [`${name}/index`, join(root, 'functions', file)]),
    ),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    mainFields: ['module', 'main'],
    banner: { js: banner },
    logLevel: 'warning',
  });
  return directory;
}
