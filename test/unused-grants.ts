import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import type { AccessControl } from '../local/iam/access-control.ts';

const directory = 'reports/unused-grants';

/** Leaves for the end of the run what of the policies a stack or a room did not need. */
export function reportUnusedGrants(control: AccessControl): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${randomUUID()}.json`), JSON.stringify(control.unused()));
}

/** Names what functions may do and no test had them do, when all those ran that run under the policies of the template. */
export class UnusedGrants implements Reporter {
  onTestRunStart(): void {
    rmSync(directory, { recursive: true, force: true });
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = new Set(modules.map(({ relativeModuleId }) => relativeModuleId));
    if (!filesUnderPolicies().every((file) => ran.has(file))) return;
    const reports = readdirSync(directory).map(
      (file) => new Set<string>(JSON.parse(readFileSync(join(directory, file), 'utf8')) as string[]),
    );
    const unused = [...(reports[0] ?? [])].filter((grant) => reports.every((report) => report.has(grant)));
    if (unused.length > 0) console.log(`\nAllowed by the template, and needed by no test:\n  ${unused.join('\n  ')}\n`);
  }
}

function filesUnderPolicies(): string[] {
  return ['test/journeys', 'test/api'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
}
