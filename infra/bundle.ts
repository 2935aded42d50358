import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { functionFiles, kebabCase } from './function-files.ts';

const projectDirectory = fileURLToPath(new URL('..', import.meta.url));

/** Where to read handlers and put bundles; the project's own places unless a test says otherwise. */
interface BundleOptions {
  sourceDirectory?: string;
  outputDirectory?: string;
}

/** Bundles every function with all it imports to `<kebab-name>/index.mjs`, and answers the directory of them all. */
export async function bundleFunctions(options: BundleOptions = {}): Promise<string> {
  const { sourceDirectory = projectDirectory, outputDirectory = join(projectDirectory, 'dist', 'functions') } = options;
  const { outputFiles } = await build({
    absWorkingDir: sourceDirectory,
    entryPoints: Object.fromEntries(
      Object.entries(functionFiles).map(([name, file]) => [`${kebabCase(name)}/index`, file]),
    ),
    outdir: outputDirectory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    // Lower than the runtime in the cloud, so that the same bundle runs on the Node.js of this machine.
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Names of functions are not kept, which would cost a call for each closure; errors set theirs, and traces have maps.
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    // Dependencies in CommonJS still call require.
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) await writeIfChanged(path, contents);
  return outputDirectory;
}

/** Whoever reads a bundle while another process makes it again sees a whole file. */
async function writeIfChanged(path: string, contents: Uint8Array): Promise<void> {
  const existing = await readFile(path).catch(() => undefined);
  if (existing?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}
