import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Template, TemplateError } from './template.ts';

/** A synthesized stack: its template, and where its assets are. */
export interface Assembly {
  stackName: string;
  region: string;
  template: Template;
  /** The directory of an asset, by the file name that the template gives it in its bucket. */
  assetDirectory(objectKey: string): string | undefined;
}

const projectDirectory = fileURLToPath(new URL('../..', import.meta.url));

/** What `cdk.json` tells the app; and all pages may call, of those that the local run lets through at all. */
function localContext(): Record<string, unknown> {
  const { context } = readJson<{ context: Record<string, unknown> }>(join(projectDirectory, 'cdk.json'));
  return { ...context, corsOrigins: '*' };
}

/** Runs a CDK app in a process of its own, with more context, if given; throws with what it printed if it fails. */
export async function synthesize(
  appFile: string,
  outputDirectory: string,
  context: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', appFile], {
    cwd: projectDirectory,
    env: {
      ...process.env,
      CDK_OUTDIR: outputDirectory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...localContext(), ...context }),
      // The WASM template validator takes 3-5 s of every synthesis; tests and deployment run it.
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.off('exit', kill);
  if (status !== 0) throw new Error(`Synthesizing ${appFile} failed (exit status ${status}):\n${output.trim()}`);
}

interface Manifest {
  artifacts: Record<
    string,
    { type: string; environment?: string; properties?: { templateFile?: string; stackName?: string; file?: string } }
  >;
}

interface AssetManifest {
  files: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** Reads the one stack of a cloud assembly directory. */
export function readAssembly(directory: string): Assembly {
  const manifest = readJson<Manifest>(join(directory, 'manifest.json'));
  const stacks = Object.entries(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (!stack || stacks.length > 1) {
    throw new TemplateError(directory, `the local run needs exactly one stack, there are ${stacks.length}`);
  }
  const [artifactId, { properties = {}, environment = '' }] = stack;
  const region = environment.split('/').at(-1) ?? '';
  const directories = new Map<string, string>();
  for (const { type, properties } of Object.values(manifest.artifacts)) {
    if (type !== 'cdk:asset-manifest' || !properties?.file) continue;
    const assets = readJson<AssetManifest>(join(directory, properties.file));
    for (const { source, destinations } of Object.values(assets.files)) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path) directories.set(objectKey, join(directory, source.path));
      }
    }
  }
  return {
    stackName: properties.stackName ?? artifactId,
    region: region === '' || region === 'unknown-region' ? 'us-east-1' : region,
    template: readJson<Template>(join(directory, properties.templateFile ?? `${artifactId}.template.json`)),
    assetDirectory: (objectKey) => directories.get(objectKey),
  };
}

function readJson<Shape>(file: string): Shape {
  if (!existsSync(file)) throw new Error(`${file} is missing: not a cloud assembly.`);
  return JSON.parse(readFileSync(file, 'utf8')) as Shape;
}
