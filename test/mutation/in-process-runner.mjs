// @ts-check
/**
 * A test runner for Stryker that loads the pure tests anew for each mutant in one process: some 20 ms a mutant, where a
 * vitest worker takes 300 ms to start before it runs anything. The tests are the same files, and `expect` is vitest's.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format } from 'node:util';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import { build } from 'esbuild';

/** Pure tests only; of random worlds a few are enough. */
const folders = ['test/rule', 'test/matcher', 'test/catalog', 'test/vocabulary'];
/** It puts another table in the place of a module, which only a vitest worker can. */
const isAlone = (/** @type {string} */ file) => file.endsWith('/new-operator.test.ts');
/** A store's test reads and writes tables, and nothing that is mutated is a store. */
const isOfStore = (/** @type {string} */ file) => file.endsWith('-store.test.ts');
process.env.MATCHER_SEEDS = '2';
process.env.SENTENCE_SEEDS = '100';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
const require = createRequire(import.meta.url);
/** Where the instrumented code notes what it ran, and reads which mutant it is. @type {any} */
const instrumented = {};
Reflect.set(globalThis, INSTRUMENTER_CONSTANTS.NAMESPACE, instrumented);

/** @typedef {{ id: string, name: string, body: () => unknown }} Test */
/** @typedef {import('@stryker-mutator/api/test-runner').TestResult} TestResult */
/** @typedef {import('@stryker-mutator/api/test-runner').TestRunner} TestRunner */

/** The part of vitest's interface that these tests use; another one fails at once. @param {Test[]} tests */
function vitest(tests) {
  let titles = /** @type {string[]} */ ([]);
  /** @param {string} title @param {() => unknown} body */
  const test = (title, body) => {
    const name = [...titles, title].join(' ');
    tests.push({ id: `${tests.length} ${name}`, name, body });
  };
  /** @param {string} title @param {() => void} body */
  const describe = (title, body) => {
    titles = [...titles, title];
    body();
    titles = titles.slice(0, -1);
  };
  /** @param {typeof test} declare */
  const each = (declare) => (/** @type {unknown[]} */ cases) => {
    const areLists = cases.every(Array.isArray);
    return (/** @type {string} */ title, /** @type {(...args: unknown[]) => void} */ body) => {
      for (const one of cases) {
        const args = areLists ? /** @type {unknown[]} */ (one) : [one];
        declare(format(title, ...args), () => body(...args));
      }
    };
  };
  return {
    test: Object.assign(test, { each: each(test) }),
    describe: Object.assign(describe, { each: each(/** @type {typeof test} */ (describe)) }),
    expect: chai.expect,
  };
}

/** @implements {TestRunner} */
class InProcessRunner {
  /** Runs all test files with what they test, each time anew. @type {(require: (name: string) => unknown) => void} */
  loadFiles = () => {};
  /** How long each test takes: the fastest that covers a mutant runs first. @type {Map<string, number>} */
  milliseconds = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const files = folders
      .flatMap((folder) => readdirSync(folder).map((name) => `./${folder}/${name}`))
      .filter((file) => file.endsWith('.test.ts') && !isAlone(file) && !isOfStore(file));
    const { outputFiles } = await build({
      stdin: { contents: files.map((file) => `import '${file}';`).join('\n'), resolveDir: process.cwd() },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      external: ['zod', 'vitest', 'fast-check'],
    });
    const code = outputFiles.map(({ text }) => text).join('');
    this.loadFiles = /** @type {typeof this.loadFiles} */ (new Function('require', code));
  }

  /** @returns {Test[]} */
  load() {
    const tests = /** @type {Test[]} */ ([]);
    const api = vitest(tests);
    this.loadFiles((name) => (name === 'vitest' ? api : require(name)));
    return tests;
  }

  async dryRun() {
    const results = await run(this.load(), false);
    this.milliseconds = new Map(results.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
    return /** @type {const} */ ({
      status: DryRunStatus.Complete,
      tests: results,
      mutantCoverage: instrumented.mutantCoverage,
    });
  }

  /** @param {import('@stryker-mutator/api/test-runner').MutantRunOptions} options */
  async mutantRun({ testFilter, hitLimit, activeMutant, mutantActivation, disableBail }) {
    Object.assign(instrumented, { hitCount: 0, hitLimit });
    instrumented.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
    const results = await this.loadAndRun(activeMutant.id, testFilter, !disableBail);
    const timeout = determineHitLimitReached(instrumented.hitCount, hitLimit);
    return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests: results });
  }

  /** Tests that cannot even be loaded have found the mutant. @returns {Promise<TestResult[]>} */
  async loadAndRun(/** @type {string} */ mutant, /** @type {string[] | undefined} */ ids, /** @type {boolean} */ bail) {
    let tests;
    try {
      tests = this.load();
    } catch (error) {
      return [failed({ id: 'loading', name: 'loading', timeSpentMs: 0 }, error)];
    }
    instrumented.activeMutant = mutant;
    const covering = ids ? tests.filter(({ id }) => ids.includes(id)) : tests;
    const time = (/** @type {Test} */ { id }) => this.milliseconds.get(id) ?? 0;
    return run(
      covering.toSorted((a, b) => time(a) - time(b)),
      bail,
    );
  }
}

/** @param {Test[]} tests @param {boolean} bail @returns {Promise<TestResult[]>} */
async function run(tests, bail) {
  const results = /** @type {TestResult[]} */ ([]);
  for (const { id, name, body } of tests) {
    instrumented.currentTestId = id;
    const startedAt = performance.now();
    const done = () => ({ id, name, timeSpentMs: performance.now() - startedAt });
    try {
      await body();
      results.push({ ...done(), status: TestStatus.Success });
    } catch (error) {
      results.push(failed(done(), error));
      if (bail) return results;
    } finally {
      instrumented.currentTestId = undefined;
    }
  }
  return results;
}

/** @param {Pick<TestResult, 'id' | 'name' | 'timeSpentMs'>} test @param {unknown} error @returns {TestResult} */
function failed(test, error) {
  return { ...test, status: TestStatus.Failed, failureMessage: error instanceof Error ? error.message : String(error) };
}

const makeRunner = () => new InProcessRunner();
makeRunner.inject = /** @type {const} */ ([]);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', makeRunner)];
