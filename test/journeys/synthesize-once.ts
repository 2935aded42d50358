import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/template/assembly.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The directory of the synthesized stack, which every journey runs. */
    assembly: string;
  }
}

/** Synthesizes the stack before the first journey, and removes it after the last: it takes as long as many a journey. */
export default async function synthesizeOnce(project: TestProject): Promise<() => void> {
  const assembly = mkdtempSync(join(tmpdir(), 'assembly-'));
  await synthesize('infra/app.ts', assembly);
  project.provide('assembly', assembly);
  return () => rmSync(assembly, { recursive: true, force: true });
}
