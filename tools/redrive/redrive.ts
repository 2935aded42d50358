import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../../shared/batch/batch.ts';
import { readRedriveOptions, redriveHelp } from './redrive-options.ts';
import { redrivableQueues } from './redrive-queues.ts';
import { runRedrive } from './redrive-run.ts';
import { targetOf } from './redrive-target.ts';
import { createStreamBatches } from './stream-batches.ts';
import { UsageError } from './usage-error.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Runs a redrive from the command line; answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readRedriveOptions(args);
  if (!options) {
    console.log(redriveHelp);
    return 0;
  }
  const interruption = new AbortController();
  // A second Ctrl-C ends it at once, as ever; what is held then can be seen again in two minutes.
  process.once('SIGINT', () => interruption.abort());
  const { command, queueUrls, busName, endpoints, region, credentials } = options;
  const settings = { maxAttempts: 5, ...(region !== undefined && { region }), ...(credentials && { credentials }) };
  const sqs = new SQSClient({ ...settings, ...(endpoints.sqs !== undefined && { endpoint: endpoints.sqs }) });
  const eventBridge = new EventBridgeClient({
    ...settings,
    ...(endpoints.eventBridge !== undefined && { endpoint: endpoints.eventBridge }),
  });
  const s3 = new S3Client({
    ...settings,
    ...(endpoints.s3 !== undefined && { endpoint: endpoints.s3, forcePathStyle: true }),
  });
  // Sent once: a batch that takes long must not be handled twice at a time.
  const lambda = new LambdaClient({
    ...settings,
    maxAttempts: 1,
    ...(endpoints.lambda !== undefined && { endpoint: endpoints.lambda }),
  });
  try {
    const wanted = redrivableQueues.flatMap((name) => {
      const url = queueUrls[name];
      return url !== undefined && (command.kind === 'list' || command.queue === name) ? [{ name, url }] : [];
    });
    const targets = await mapConcurrently(wanted, 4, ({ name, url }) => targetOf(sqs, name, url));
    const batches = createStreamBatches(s3, lambda);
    const { signal } = interruption;
    const world = { sqs, eventBridge, batches, busName, targets, now: Date.now, say: console.log, signal };
    const code = await runRedrive(command, world);
    return interruption.signal.aborted ? 130 : code;
  } finally {
    for (const client of [sqs, eventBridge, s3, lambda]) client.destroy();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
