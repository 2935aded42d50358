import type { BusEvent } from './aws/eventbridge/event-bus.ts';
import type { StackFile } from './stack-file.ts';

/** The words of the command line: what it prints when it is ready, when it stops, and when asked for help. */
export const usage = `Usage: npm start -- [flags]

  --port N             port of the HTTP API (default 4600; 0 = any free port, for every port)
  --port-base N        N for the API, N+1 DynamoDB, N+2 SQS, N+3 EventBridge, N+4 S3, N+5 console, N+6 Lambda
                       (default 4600; 0 = any)
  --dynamodb-port N    --sqs-port N    --events-port N    --s3-port N    --console-port N    --lambda-port N
  --state DIR          where tables, messages and objects are kept (default .local)
  --fresh              forget what is kept there
  --app FILE           the CDK app to run (default infra/app.ts)
  --assembly DIR       run what is synthesized there already
  --workers N          how many invocations of one function run at once (default 2)
  --account-concurrency N  how many of all functions, at most; beyond that they are throttled (default 1000)
  --page ORIGIN        a web page that may call the API, beside the console, such as http://localhost:3000
  --dynamodb-local     DynamoDB Local (needs Java) even where the quicker stand-in runs
  --enforce-iam        functions may call only what the template allows their roles; at the end, what none of them needed
  --demo               send sample changes when everything answers
  --verbose            show what functions log, not only warnings and errors`;

/** How to reach a stack that has just come up, and three things to try. */
export function describeReady(
  stack: StackFile,
  { seconds, kept }: { seconds: number; kept: { waiting: number; deadLetters: number } },
): string {
  const { endpoints, queues } = stack;
  const lines = [
    `Lead Segments is up after ${seconds.toFixed(1)} s. Ctrl-C stops it; what it stores is kept.`,
    '',
    `  HTTP API     ${stack.apiUrl}`,
    ...(stack.consoleUrl ? [`  Console      ${stack.consoleUrl}`] : []),
    `  DynamoDB     ${endpoints.dynamodb}`,
    `  SQS          ${endpoints.sqs}`,
    `  EventBridge  ${endpoints.eventbridge}   bus ${stack.busName}`,
    ...(endpoints.s3 ? [`  S3           ${endpoints.s3}`] : []),
    ...(endpoints.lambda ? [`  Lambda       ${endpoints.lambda}`] : []),
    '',
    '  Queues',
    ...Object.entries(queues).map(([name, { url }]) => `    ${name.padEnd(16)} ${url}`),
    ...(kept.waiting + kept.deadLetters > 0 ? ['', `  From the last run: ${countOf(kept)}.`] : []),
    '',
    'Try:',
    ...thingsToTry(stack).map((line) => `  ${line}`),
    '',
    `Addresses for scripts are in stack.json. Events that leave the bus are printed below.`,
  ];
  return lines.join('\n');
}

function thingsToTry({ apiUrl, endpoints, queues }: StackFile): string[] {
  const rules = [{ type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' }];
  const json = "-H 'content-type: application/json'";
  const change = {
    leadId: 'lead-1',
    occurredAt: new Date().toISOString(),
    attributes: { country: 'DE', job_title: 'Engineer' },
  };
  const message = JSON.stringify({ QueueUrl: queues.profileChanges?.url, MessageBody: JSON.stringify(change) });
  return [
    `curl -s ${apiUrl}/segments ${json} -d '${JSON.stringify({ name: 'Leads in Germany', active: true, rules })}'`,
    `curl -s ${endpoints.sqs} -H 'content-type: application/x-amz-json-1.0' -H 'x-amz-target: AmazonSQS.SendMessage' -d '${message}'`,
    `curl -s ${apiUrl}/preview ${json} -d '${JSON.stringify({ match: 'all', rules })}'`,
  ];
}

/** One line for an event on a bus. */
export function describeEvent(event: BusEvent): string {
  const detail = event.detail as {
    lead?: { id?: string };
    segment?: { id?: string; name?: string };
    reason?: string;
    sequence?: number;
  };
  const lead = detail.lead?.id;
  const segment = detail.segment?.name ?? detail.segment?.id;
  if (lead === undefined || segment === undefined)
    return `${event['detail-type']}: ${segment ?? JSON.stringify(detail)}`;
  return `${event['detail-type']}: ${lead}, ${segment} (${detail.reason}, ${detail.sequence})`;
}

/** What a stop leaves behind. */
export function describeStopped(kept: { waiting: number; deadLetters: number }, directory: string): string {
  return `Stopped. ${directory} keeps the tables and ${countOf(kept)} for the next start.`;
}

function countOf({ waiting, deadLetters }: { waiting: number; deadLetters: number }): string {
  const messages = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;
  return `${messages(waiting)} in the queues and ${messages(deadLetters)} in dead-letter queues`;
}

/** What functions may do by the template and did not. */
export function describeUnused(grants: readonly string[]): string {
  if (grants.length === 0) return 'All that the template allows functions was needed.';
  return ['Allowed by the template, and not needed in this run:', ...grants.map((grant) => `  ${grant}`)].join('\n');
}
