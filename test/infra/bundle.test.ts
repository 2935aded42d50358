import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('leaves alone what did not change, so that readers never see half a bundle', async () => {
    const file = join(outputDirectory, 'api', 'index.mjs');
    const before = statSync(file).mtimeMs;
    await bundleFunctions({ outputDirectory });
    expect(statSync(file).mtimeMs).toBe(before);
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
