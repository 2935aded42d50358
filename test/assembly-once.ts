import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { subscribedApp } from '../bench/load/driven-stack.ts';
import { startDynamoDb } from '../local/aws/dynamodb/dynamodb.ts';
import { collectingLog } from '../local/log.ts';
import { synthesize } from '../local/template/assembly.ts';
import { functionSettings } from './settings-of-functions.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory of the synthesized stack: what runs locally, and the tables of rooms that run less. */
    assembly: string;
    /** The same with the subscriber that benches have. */
    benchAssembly: string;
    /** The same of the small app that tests of the local run start. */
    fixtureAssembly: string;
    /** A directory with an empty database, made ready; to be copied. */
    emptyDatabase: string;
  }
}

/** Stacks have as many shards as the process that tests them. */
const contextOfStacks = { shardCount: functionSettings.SHARD_COUNT! };

/** Makes once, for the files of all projects, what each took longer to make than to use; removes it after the last. */
export default async function assemblyOnce(project: TestProject): Promise<(() => void) | undefined> {
  const root = project.vitest.getRootProject();
  if ('assembly' in root.getProvidedContext()) return;
  const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
  const place = {
    assembly: 'stack',
    benchAssembly: 'bench',
    fixtureAssembly: 'fixture',
    emptyDatabase: 'database',
  } as const;
  const pathOf = (name: keyof typeof place) => join(directory, place[name]);
  await Promise.all([
    synthesize('infra/app.ts', pathOf('assembly'), contextOfStacks),
    synthesize(subscribedApp, pathOf('benchAssembly'), contextOfStacks),
    synthesize('test/local/fixture/app.ts', pathOf('fixtureAssembly')),
    prepareDatabase(pathOf('emptyDatabase')),
  ]);
  root.provide('assembly', pathOf('assembly'));
  root.provide('benchAssembly', pathOf('benchAssembly'));
  root.provide('fixtureAssembly', pathOf('fixtureAssembly'));
  root.provide('emptyDatabase', pathOf('emptyDatabase'));
  return () => rmSync(directory, { recursive: true, force: true });
}

async function prepareDatabase(directory: string): Promise<void> {
  const anyPort = { what: 'DynamoDB', flag: '', port: 0 };
  const database = await startDynamoDb(directory, anyPort, { log: collectingLog(), preferLocal: false });
  await database.stop();
}
