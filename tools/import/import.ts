import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MappingError } from '../../shared/import/bound-mapping.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { describeGroup } from '../../shared/import/problem-groups.ts';
import { suggestMapping } from '../../shared/import/suggest-mapping.ts';
import type { Tally } from '../../shared/import/tally.ts';
import { inspectFile } from '../../shared/table/inspect.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';
import { fileReader } from './import-file.ts';
import { type ImportOptions, importHelp, readImportOptions } from './import-options.ts';
import { showProgress } from './import-progress.ts';
import { type ImportResult, runImport } from './import-run.ts';
import { ApiRefusedError, type ImportTold, importThroughApi, refusedRowsOf } from './import-through-api.ts';
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
  const { file, known, mapping, target, throughApi, fromLine, refusedFile, mappingFile } = options;
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
    if (throughApi) {
      const { api, segment } = throughApi;
      const told = await importThroughApi({ file, known, mapping, segment }, api, {
        progress,
        signal: interruption.signal,
      });
      progress.stop();
      const refused = refusedFile === undefined ? undefined : await refusedRowsOf(told.importId, api);
      if (refusedFile !== undefined && refused !== undefined) writeFileSync(refusedFile, refused);
      return reportTold(options, told);
    }
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

/** What is told of rows, whoever sent them. */
type RowsTold = Omit<Tally, 'sent' | 'sentThroughLine'> & {
  readonly sent: Readonly<Record<string, number | undefined>>;
};

function reportRows(
  { sent, rows, refusedRows, refused, leftOut, repeatedRows, foldedIds }: RowsTold,
  { isSent, refusedFile }: { readonly isSent: boolean; readonly refusedFile: string | undefined },
): void {
  const counts = Object.entries(sent).map(([queue, count]) => `${count} ${queue} change${count === 1 ? '' : 's'}`);
  const told = `${isSent ? 'sent' : 'would be sent'}: ${counts.join(', ') || 'nothing'}`;
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
}

/** Reports an import that went through the API; answers the exit code. */
function reportTold({ refusedFile }: ImportOptions, { state, reason, progress, result, segment }: ImportTold): number {
  if (progress && result) reportRows({ ...progress, ...result }, { isSent: true, refusedFile });
  if (segment) {
    const { segmentId, done, unchanged, failed, lifted } = segment;
    console.log(
      `Members of ${segmentId}: ${done} added, ${unchanged} were so already, ${lifted} no longer kept in it.`,
    );
    if (failed > 0) console.error(`${failed} leads could not be made members.`);
  }
  if (state === 'cancelled') return 130;
  if (state === 'failed') console.error(reason ?? 'The import failed.');
  return state === 'failed' || (progress?.refusedRows ?? 0) > 0 || (segment?.failed ?? 0) > 0 ? 1 : 0;
}

/** Reports an import; answers the exit code. */
function report({ continueArguments, target, refusedFile }: ImportOptions, result: ImportResult): number {
  reportRows(result, { isSent: target !== undefined, refusedFile });
  const { refusedRows, sentThroughLine, stopped } = result;
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
  const forPeople = [ApiRefusedError, ImportUsageError, MappingError, UnreadableFileError];
  const isForPeople = forPeople.some((kind) => error instanceof kind);
  if (!isForPeople && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
