import { statSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MappingError } from './import-mapping.ts';
import { type ImportOptions, ImportUsageError, importHelp, readImportOptions } from './import-options.ts';
import { showProgress } from './import-progress.ts';
import { type ImportResult, runImport } from './import-run.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Runs an import from the command line; answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readImportOptions(args, new Date());
  if (!options) {
    console.log(importHelp);
    return 0;
  }
  const interruption = new AbortController();
  // A second Ctrl-C ends it at once, as ever.
  process.once('SIGINT', () => interruption.abort());
  const { endpoint, region, credentials } = options.target;
  const sqs = new SQSClient({
    maxAttempts: 5,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials && { credentials }),
  });
  const progress = showProgress(statSync(options.file).size, { isTerminal: process.stdout.isTTY === true });
  try {
    const result = await runImport(options, { sqs, progress, signal: interruption.signal, now: Date.now });
    progress.stop();
    return report(options, result);
  } finally {
    progress.stop();
    sqs.destroy();
  }
}

function report({ continueArguments }: ImportOptions, result: ImportResult): number {
  const { sent, rows, refusedRows, foldedIds, sentThroughLine, stopped } = result;
  const counts = Object.entries(sent).map(([queue, count]) => `${count} ${queue} change${count === 1 ? '' : 's'}`);
  console.log(`${rows} rows read, ${refusedRows} refused; sent: ${counts.join(', ') || 'nothing'}.`);
  const { rows: folded, example } = foldedIds;
  if (example !== undefined) {
    console.log(
      `${folded} ${folded === 1 ? 'id that is a mail address was' : 'ids that are mail addresses were'} folded to lower ` +
        `case, such as ${example}; --exact-ids keeps ${folded === 1 ? 'it' : 'them'} as written.`,
    );
  }
  if (!stopped) return refusedRows > 0 ? 1 : 0;
  console.error(stopped.message);
  console.error(
    sentThroughLine > 0 ? `Sent up to line ${sentThroughLine}. To continue:` : 'Nothing is sent. To try again:',
  );
  const command = ['npm', 'run', 'import', '--', ...continueArguments, '--from-line', String(sentThroughLine + 1)];
  console.error(`  ${command.map(quoteForShell).join(' ')}`);
  return stopped.reason === 'interrupted' ? 130 : 1;
}

function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isForPeople = error instanceof ImportUsageError || error instanceof MappingError;
  if (!isForPeople && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
