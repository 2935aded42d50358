import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MappingError } from '../../shared/import/bound-mapping.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { describeGroup } from '../../shared/import/problem-groups.ts';
import { suggestMapping } from '../../shared/import/suggest-mapping.ts';
import { inspectFile } from '../../shared/table/inspect.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';
import { fileReader } from './import-file.ts';
import { type ImportOptions, importHelp, readImportOptions } from './import-options.ts';
import { showProgress } from './import-progress.ts';
import { type ImportResult, runImport } from './import-run.ts';
import { ImportUsageError } from './mapping-options.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { describeInspection } from './show-inspection.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Runs an import from the command line; answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const startedAt = new Date();
  const options = readImportOptions(args, startedAt);
  if (!options) {
    console.log(importHelp);
    return 0;
  }
  const { file, known, mapping, target, fromLine, refusedFile, mappingFile } = options;
  const keepMapping = (content: ImportMapping | undefined) => {
    if (content && mappingFile !== undefined) writeFileSync(mappingFile, `${JSON.stringify(content, null, 2)}\n`);
  };
  if (!mapping) {
    const inspection = await inspectFile(fileReader(file), known);
    const suggestion = suggestMapping(inspection.columns);
    keepMapping(suggestion.mapping);
    console.log(describeInspection(inspection, suggestion, file, args));
    return 0;
  }
  keepMapping(mapping);
  const interruption = new AbortController();
  // A second Ctrl-C ends it at once, as ever.
  process.once('SIGINT', () => interruption.abort());
  const sqs = target && clientFor(target);
  const progress = showProgress(statSync(file).size, { isTerminal: process.stdout.isTTY === true });
  if (refusedFile !== undefined && fromLine === 1) writeFileSync(refusedFile, '');
  try {
    const job = { read: fileReader(file), known, mapping, startedAt: startedAt.toISOString(), fromLine };
    const result = await runImport(job, {
      ...(sqs && { target: { sqs, queues: target.queues } }),
      ...(refusedFile !== undefined && { keepRefused: (csv: string) => appendFileSync(refusedFile, csv) }),
      ...{ progress, signal: interruption.signal, now: Date.now },
    });
    progress.stop();
    return report(options, result);
  } finally {
    progress.stop();
    sqs?.destroy();
  }
}

function clientFor({ endpoint, region, credentials }: NonNullable<ImportOptions['target']>): SQSClient {
  return new SQSClient({
    maxAttempts: 5,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials && { credentials }),
  });
}

function report({ continueArguments, target, refusedFile }: ImportOptions, result: ImportResult): number {
  const { sent, rows, refusedRows, refused, leftOut, repeatedRows, foldedIds, sentThroughLine, stopped } = result;
  const counts = Object.entries(sent).map(([queue, count]) => `${count} ${queue} change${count === 1 ? '' : 's'}`);
  const told = `${target ? 'sent' : 'would be sent'}: ${counts.join(', ') || 'nothing'}`;
  console.log(`${rows} rows read, ${refusedRows} refused; ${told}.`);
  if (repeatedRows > 0) console.log(`${repeatedRows} rows repeat an earlier one's id: what the later row says wins.`);
  const { rows: folded, example } = foldedIds;
  if (example !== undefined) {
    console.log(
      `${folded} ${folded === 1 ? 'id that is a mail address was' : 'ids that are mail addresses were'} folded to lower ` +
        `case, such as ${example}; --exact-ids keeps ${folded === 1 ? 'it' : 'them'} as written.`,
    );
  }
  const groups = [...refused.map((group) => `Refused: ${describeGroup(group)}`), ...leftOut.map(describeGroup)];
  for (const line of groups) console.error(line);
  if (groups.length > 0) {
    console.error(
      refusedFile ? `These rows are in ${refusedFile}.` : 'To keep these rows with their reasons: --refused FILE.',
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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const forPeople = [ImportUsageError, MappingError, UnreadableFileError];
  const isForPeople = forPeople.some((kind) => error instanceof kind);
  if (!isForPeople && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
