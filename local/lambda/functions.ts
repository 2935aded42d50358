import { devNull } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Assembly } from '../template/assembly.ts';
import { resolveDynamicReference } from '../template/dynamic-references.ts';
import type { StackResources } from '../template/resources.ts';
import { TemplateError } from '../template/template.ts';
import { AccountConcurrency } from './account-concurrency.ts';
import { LocalFunction } from './local-function.ts';

interface FunctionProperties {
  Code: { S3Key?: string };
  Handler?: string;
  Runtime?: string;
  Timeout?: number;
  MemorySize?: number;
  ReservedConcurrentExecutions?: number;
  RecursiveLoop?: string;
  Environment?: { Variables?: Record<string, string> };
}

/** Where functions find the stand-ins; the AWS SDK reads these variables by itself. */
interface FunctionEndpoints {
  dynamodb: string;
  sqs: string;
  eventbridge: string;
  s3: string | undefined;
}

interface FunctionOptions {
  log: Log;
  workersPerFunction: number;
  /** How many invocations of all functions run at once, at most. */
  accountConcurrency: number;
  clock?: Clock | undefined;
}

/** The functions of the template, each made when it is first needed. */
export class LocalFunctions {
  private readonly resources: StackResources;
  private readonly assembly: Assembly;
  private readonly endpoints: FunctionEndpoints;
  private readonly log: Log;
  private readonly workersPerFunction: number;
  private readonly clock: Clock | undefined;
  private readonly account: AccountConcurrency;
  private readonly functions = new Map<string, LocalFunction>();
  stopping = false;

  constructor(
    resources: StackResources,
    assembly: Assembly,
    endpoints: FunctionEndpoints,
    { log, workersPerFunction, accountConcurrency, clock }: FunctionOptions,
  ) {
    this.resources = resources;
    this.assembly = assembly;
    this.endpoints = endpoints;
    this.log = log;
    this.workersPerFunction = workersPerFunction;
    this.clock = clock;
    this.account = new AccountConcurrency(accountConcurrency);
  }

  /** The function with this ARN, or with this name. */
  byArn(arnOrName: string): LocalFunction {
    const name = arnOrName.split(':function:').at(-1)?.split(':')[0] ?? arnOrName;
    for (const [logicalId] of this.resources.ofType('AWS::Lambda::Function')) {
      if (this.resources.physical(logicalId).ref === name) return this.byId(logicalId);
    }
    throw new TemplateError(arnOrName, 'the template has no such function');
  }

  /** The function with this logical id, with or without the hash that CDK appends. */
  byId(id: string): LocalFunction {
    const found = this.resources
      .ofType('AWS::Lambda::Function')
      .find(([logicalId]) => logicalId === id || this.resources.plainName(logicalId) === id);
    if (!found) throw new TemplateError(id, 'the template has no such function');
    const [logicalId] = found;
    const known = this.functions.get(logicalId) ?? this.create(logicalId);
    this.functions.set(logicalId, known);
    return known;
  }

  /** How many invocations there have been. */
  get invocations(): number {
    return [...this.functions.values()].reduce((sum, { invocations }) => sum + invocations, 0);
  }

  get idle(): boolean {
    return [...this.functions.values()].every(({ idle }) => idle);
  }

  /** Loads those that something is connected to, one after the other: loading all at once would only take longer. */
  async warm(): Promise<void> {
    for (const one of this.functions.values()) if (!this.stopping) await one.warm();
  }

  async close(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.functions.values()].map((one) => one.close()));
  }

  private create(logicalId: string): LocalFunction {
    const properties = this.resources.properties<FunctionProperties>(logicalId);
    const { ref: functionName, attributes } = this.resources.physical(logicalId);
    const { Handler = '', Runtime = '', Timeout = 3, MemorySize = 128, RecursiveLoop } = properties;
    if (!Runtime.startsWith('nodejs')) throw new TemplateError(logicalId, `the runtime ${Runtime} does not run here`);
    const directory = this.assembly.assetDirectory(properties.Code.S3Key ?? '');
    if (!directory) throw new TemplateError(logicalId, 'its code is not an asset of the cloud assembly');
    const name = this.resources.plainName(logicalId);
    const reserved = properties.ReservedConcurrentExecutions ?? Number.POSITIVE_INFINITY;
    const settings = {
      directory,
      handler: Handler,
      functionName,
      functionArn: attributes.Arn ?? '',
      memoryMb: String(MemorySize),
      ...(this.clock && { clock: this.clock.shared }),
      timeoutMs: Timeout * 1_000,
      environment: {
        ...this.runtimeEnvironment(logicalId, { functionName, Handler, Runtime, MemorySize }),
        ...this.variables(properties, logicalId),
      },
      output: (line: string, stream: 'stdout' | 'stderr') => this.log.functionOutput(name, line, stream),
    };
    const { log, account, workersPerFunction: concurrency } = this;
    return new LocalFunction(name, settings, {
      ...{ concurrency, reserved, log, account },
      mayFeedItself: RecursiveLoop === 'Allow',
    });
  }

  /** The variables of the template; queues are where this function finds SQS: the SDK calls them by their URLs. */
  private variables({ Environment }: FunctionProperties, logicalId: string): Record<string, string> {
    const { sqsUrl } = this.resources.place;
    const variables = Object.entries(revealed(Environment?.Variables ?? {}, logicalId));
    return Object.fromEntries(variables.map(([name, value]) => [name, value.replaceAll(sqsUrl, this.endpoints.sqs)]));
  }

  private runtimeEnvironment(
    logicalId: string,
    about: { functionName: string; Handler: string; Runtime: string; MemorySize: number },
  ): Record<string, string> {
    const { functionName, Handler, Runtime, MemorySize } = about;
    const { region } = this.resources.place;
    const { dynamodb, sqs, eventbridge, s3 } = this.endpoints;
    return {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      // Tells who calls: see local/iam.
      AWS_ACCESS_KEY_ID: logicalId,
      AWS_SECRET_ACCESS_KEY: 'local',
      // The machine's own AWS profile must not reach into the local run.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      AWS_ENDPOINT_URL_SQS: sqs,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventbridge,
      ...(s3 && { AWS_ENDPOINT_URL_S3: s3 }),
      // An answer that its route does not declare is a fault here, before anybody relies on it.
      CHECK_ANSWERS: 'true',
      _HANDLER: Handler,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
    };
  }
}

function revealed(variables: Readonly<Record<string, string>>, logicalId: string): Record<string, string> {
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.map(([name, value]) => [name, resolveDynamicReference(value, logicalId)]));
}
