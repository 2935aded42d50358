import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { functionFiles, kebabCase, upperSnakeCase } from '../../infra/function-files.ts';

const outputDirectory = mkdtempSync(join(tmpdir(), 'bundles-'));
const run = promisify(execFile);

/** Loads a module in a process of its own, away from the project's packages; tells why it does not load. */
async function failureOfLoading(file: string): Promise<string> {
  const script = `import(${JSON.stringify(file)}).catch((error) => console.log(error.message))`;
  const { stdout } = await run(process.execPath, ['--eval', script], { cwd: outputDirectory, env: {} });
  return stdout.trim();
}

afterAll(() => rmSync(outputDirectory, { recursive: true }));

describe('bundling', () => {
  it('makes a module of each function that needs nothing beside it but its environment', async () => {
    await bundleFunctions({ outputDirectory });
    for (const name of Object.keys(functionFiles)) {
      const file = join(outputDirectory, kebabCase(name), 'index.mjs');
      expect(await failureOfLoading(file), name).toMatch(/^The environment variable [A-Z_]+ is not set$|^$/);
      expect(existsSync(`${file}.map`), name).toBe(true);
    }
  });

  it('writes what changed and leaves the rest alone, so that readers never see half a bundle', async () => {
    const sourceDirectory = join(outputDirectory, 'sources');
    const options = { sourceDirectory, outputDirectory: join(outputDirectory, 'stubs') };
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(sourceDirectory, file)), { recursive: true });
      writeFileSync(join(sourceDirectory, file), text);
    };
    for (const file of Object.values(functionFiles)) write(file, 'export const handler = () => 1;');
    const bundleOf = (name: string) => join(options.outputDirectory, name, 'index.mjs');

    await bundleFunctions(options);
    const untouched = statSync(bundleOf('api')).mtimeMs;
    write(functionFiles.DueLeads, 'export const handler = () => "changed";');
    await bundleFunctions(options);

    expect(statSync(bundleOf('api')).mtimeMs).toBe(untouched);
    expect(readFileSync(bundleOf('due-leads'), 'utf8')).toContain('changed');
  });
});

describe('names of functions', () => {
  it.each([
    ['Api', 'api', 'API'],
    ['ProfileChangesDeadLetters', 'profile-changes-dead-letters', 'PROFILE_CHANGES_DEAD_LETTERS'],
  ])('%s is %s in files and %s in the environment', (name, file, variable) => {
    expect([kebabCase(name), upperSnakeCase(name)]).toEqual([file, variable]);
  });
});
