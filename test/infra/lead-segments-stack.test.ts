import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionFiles } from '../../infra/function-files.ts';
import { routes } from '../../shared/http/routes.ts';
import { resourcesOf, synthesize } from './synthesize.ts';

/** The values of a function's environment, by name. */
function environmentOf(name: string): Record<string, unknown> {
  const lambda = resourcesOf(dev, 'AWS::Lambda::Function').get(`${name}Function`);
  return (lambda?.Properties.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
}

const dev = synthesize();
const prod = synthesize({ stage: 'prod' });

describe('tables', () => {
  const kinds = ['Segments', 'Leads', 'Accounts', 'Events', 'Memberships', 'Transitions'];

  it('are the six of the design', () => {
    expect([...resourcesOf(dev, 'AWS::DynamoDB::Table').keys()].sort()).toEqual([...kinds].sort());
  });

  it('can be restored to any moment, are encrypted, and cost nothing when idle', () => {
    prod.allResourcesProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });

  it('survive the deletion of a production stack, and cannot be deleted by themselves', () => {
    prod.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({ DeletionProtectionEnabled: true }),
    });
  });

  it('go with a development stack', () => {
    dev.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    dev.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  });

  it('expire only what has a retention: never a lead or an account', () => {
    const expiring = [...resourcesOf(dev, 'AWS::DynamoDB::Table')]
      .filter(([, { Properties }]) => 'TimeToLiveSpecification' in Properties)
      .map(([id]) => id);
    expect(expiring.sort()).toEqual(['Events', 'Memberships', 'Segments', 'Transitions']);
  });
});

describe('queues', () => {
  const queues = resourcesOf(dev, 'AWS::SQS::Queue');
  const consumed = [...queues].filter(([id]) => !id.endsWith('DeadLetters'));

  it.each(consumed)(
    '%s leaves dead letters to its worker: only what was received a thousand times goes to them by itself',
    (id, { Properties }) => {
      const { RedrivePolicy: policy } = Properties as {
        RedrivePolicy: { maxReceiveCount: number; deadLetterTargetArn: { 'Fn::GetAtt': [string, string] } };
      };
      expect(policy.maxReceiveCount).toBe(1_000);
      expect(policy.deadLetterTargetArn['Fn::GetAtt'][0]).toMatch(new RegExp(`^${id}DeadLetters[0-9A-F]{8}$`));
    },
  );

  it('keep dead letters for as long as SQS can', () => {
    const kept = [...queues].filter(([id]) => id.endsWith('DeadLetters'));
    expect(kept).toHaveLength(11);
    for (const [, { Properties }] of kept) expect(Properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  });

  it('hide a batch for six times as long as its function may take', () => {
    const functions = resourcesOf(dev, 'AWS::Lambda::Function');
    for (const [id, { Properties }] of consumed) {
      const worker = id.endsWith('Jobs') ? 'Jobs' : id;
      const timeout = functions.get(`${worker}Function`)?.Properties.Timeout as number;
      expect(Properties.VisibilityTimeout, id).toBe(6 * timeout);
    }
  });

  it('are encrypted and refuse senders without TLS', () => {
    dev.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    dev.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      },
      queues.size,
    );
  });
});

describe('what streams give up', () => {
  it('is noted in a queue, which has an alarm, as soon as it is in its bucket', () => {
    prod.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    const bucket = Match.stringLikeRegexp('^ProjectionDeadLetters');
    const notes = Match.stringLikeRegexp('^StreamDeadLetters');
    prod.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.s3'], detail: { bucket: { name: [{ Ref: bucket }] } } },
      Targets: [{ Arn: { 'Fn::GetAtt': [notes, 'Arn'] } }],
    });
    for (const { Properties } of resourcesOf(prod, 'AWS::Lambda::EventSourceMapping').values()) {
      if (!('StartingPosition' in Properties)) continue;
      expect(Properties.DestinationConfig).toEqual({
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^ProjectionDeadLetters/), 'Arn'] } },
      });
    }
    prod.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [notes, 'QueueName'] } }],
    });
  });
});

describe('exports', () => {
  it('are private, encrypted, and gone after a week, with what was never finished after a day', () => {
    dev.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [{ ExpirationInDays: 7, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
      },
    });
    dev.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });
});

describe('what wakes the functions', () => {
  const mappings = [...resourcesOf(dev, 'AWS::Lambda::EventSourceMapping').values()].map(
    ({ Properties }) => Properties as Record<string, unknown> & { FunctionName: { Ref: string } },
  );
  const mappingOf = (name: string) =>
    mappings.find(({ FunctionName }) => FunctionName.Ref.startsWith(`${name}Function`));

  it('is one queue or stream for each function that has one, and three queues of jobs', () => {
    expect(mappings).toHaveLength(11);
  });

  it('takes back only the messages that failed, not their whole batch', () => {
    dev.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('brings changes ten at a time, recalculations one by one', () => {
    const batches = ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'AccountChanges', 'Jobs'].map(
      (name) => mappingOf(name)?.BatchSize,
    );
    expect(batches).toEqual([10, 10, 10, 10, 1]);
  });

  it('lets nothing wait for a batch to fill: with a window, Lambda may let a lone message wait for 20 s', () => {
    expect(mappings.filter(({ MaximumBatchingWindowInSeconds }) => MaximumBatchingWindowInSeconds)).toEqual([]);
  });

  it('lets changes and the projection wait for their batches to fill, if a deployment says so', () => {
    const windows = resourcesOf(synthesize({ batchingWindow: '2' }), 'AWS::Lambda::EventSourceMapping').values();
    const waiting = [...windows].flatMap(({ Properties: { BatchSize, MaximumBatchingWindowInSeconds } }) =>
      MaximumBatchingWindowInSeconds ? [[BatchSize, MaximumBatchingWindowInSeconds]] : [],
    );
    expect(waiting.sort()).toEqual([...Array(4).fill([100, 2]), [500, 2]]);
    expect(() => synthesize({ batchingWindow: 'long' })).toThrow(/"batchingWindow" must be a whole number from 0/);
  });

  it.each([
    ['ProjectMemberships', { dynamodb: { NewImage: { outbox: { S: [{ prefix: '{' }] } } } }],
    ['PublishSegmentEvents', { eventName: ['INSERT'], dynamodb: { NewImage: { pk: { S: ['lifecycle'] } } } }],
  ])('brings to %s only the writes that concern it', (name, pattern) => {
    const criteria = mappingOf(name)?.FilterCriteria as { Filters: [{ Pattern: string }] } | undefined;
    expect(criteria?.Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([pattern]);
  });

  it.each(['ProjectMemberships', 'PublishSegmentEvents'])('loses no batch that %s cannot handle', (name) => {
    expect(mappingOf(name)).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^ProjectionDeadLetters/), 'Arn'] } },
      },
    });
  });

  it('wakes the clock and the restarts every minute, the reconciler every half hour', () => {
    dev.resourcePropertiesCountIs('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' }, 2);
    dev.resourcePropertiesCountIs('AWS::Events::Rule', { ScheduleExpression: 'rate(30 minutes)' }, 1);
  });

  it('tells every function how many shards there are, and passes over all of them in 16 hours', () => {
    const shardCountsOf = (template: ReturnType<typeof synthesize>) =>
      [...resourcesOf(template, 'AWS::Lambda::Function').values()].map(
        ({ Properties }) => (Properties.Environment as { Variables: Record<string, unknown> }).Variables.SHARD_COUNT,
      );
    expect(new Set(shardCountsOf(dev))).toEqual(new Set(['32']));
    const many = synthesize({ shardCount: '128' });
    expect(new Set(shardCountsOf(many))).toEqual(new Set(['128']));
    many.resourcePropertiesCountIs('AWS::Events::Rule', { ScheduleExpression: 'rate(7 minutes)' }, 1);
    expect(() => synthesize({ shardCount: '100' })).toThrow(/must be one of 1, 2, 4, /);
  });

  it('tells those who scan how much the tables serve, and takes no less than a partition does', () => {
    const told = (template: ReturnType<typeof synthesize>) =>
      [...resourcesOf(template, 'AWS::Lambda::Function').entries()].flatMap(([id, { Properties }]) => {
        const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
        return Variables.WARM_READ_UNITS === undefined ? [] : [`${id}: ${Variables.WARM_READ_UNITS}`];
      });
    expect(told(dev).sort()).toEqual(['ApiFunction: 12000', 'JobsFunction: 12000']);
    expect(told(synthesize({ warmReadUnits: '96000' }))).toContain('JobsFunction: 96000');
    expect(() => synthesize({ warmReadUnits: '2999' })).toThrow(/"warmReadUnits" must be a whole number from 3000/);
  });
});

describe('permissions', () => {
  interface Statement {
    Action: string | string[];
    Resource: unknown;
  }
  const policies = [...resourcesOf(prod, 'AWS::IAM::Policy')].flatMap(([id, { Properties }]) => {
    const { PolicyDocument } = Properties as { PolicyDocument: { Statement: Statement[] } };
    return PolicyDocument.Statement.map((statement) => ({
      id,
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
    }));
  });
  const grantedTo = (name: string) => policies.filter(({ id }) => id.startsWith(`${name}Role`));

  it('name every action', () => {
    expect(policies.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
  });

  it('name every resource; only traces, which have none, are for all', () => {
    const everything = policies.filter(({ resources }) => resources.includes('*'));
    expect(everything.length).toBeGreaterThan(0);
    for (const { actions } of everything) {
      expect(actions).toEqual(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
    }
  });

  it('let a clock read leads but not write them', () => {
    const ofLeads = grantedTo('QueueDueLeads').filter(({ resources }) => JSON.stringify(resources).includes('"Leads'));
    expect(ofLeads.flatMap(({ actions }) => actions)).toEqual(['dynamodb:Query']);
  });

  it('let workers run the statements that decide memberships', () => {
    for (const name of ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'Jobs', 'DueLeads', 'Imports']) {
      const actions = grantedTo(name).flatMap(({ actions }) => actions);
      expect(actions, name).toEqual(expect.arrayContaining(['dynamodb:PartiQLUpdate', 'dynamodb:BatchGetItem']));
    }
  });
});

describe('functions', () => {
  const functions = resourcesOf(dev, 'AWS::Lambda::Function');

  it('are those with a file, and no custom resource of the library', () => {
    const names = [...functions.keys()].map((id) => id.replace(/Function$/, ''));
    expect(names.sort()).toEqual(Object.keys(functionFiles).sort());
  });

  it('share the defaults of the house', () => {
    dev.allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    });
    dev.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.anyValue() });
  });

  it.each([
    [
      'ProfileChanges',
      [
        'SEGMENTS_TABLE',
        'LEADS_TABLE',
        'ACCOUNTS_TABLE',
        'EVENTS_TABLE',
        'DUE_LEADS_QUEUE_URL',
        'DEAD_LETTERS_QUEUE_URL',
      ],
    ],
    [
      'Jobs',
      [
        ...['SEGMENTS_TABLE', 'LEADS_TABLE', 'DUE_LEADS_QUEUE_URL'],
        ...['PROMPT_JOBS_QUEUE_URL', 'JOBS_QUEUE_URL', 'BACKGROUND_JOBS_QUEUE_URL'],
      ],
    ],
    ['TendJobs', ['JOBS_QUEUE_URL', 'BACKGROUND_JOBS_QUEUE_URL']],
    ['Reconcile', ['BACKGROUND_JOBS_QUEUE_URL']],
    ['AccountChanges', ['JOBS_QUEUE_URL']],
    ['ProjectMemberships', ['MEMBERSHIPS_TABLE', 'TRANSITIONS_TABLE', 'BUS_NAME', 'BUS_DEAD_LETTERS_QUEUE_URL']],
    ['Api', ['MEMBERSHIPS_TABLE', 'LEAD_EVENTS_QUEUE_URL', 'LEAD_EVENTS_DEAD_LETTERS_QUEUE_URL']],
  ])('%s is told the names of what it may use', (name, variables) => {
    expect(Object.keys(environmentOf(name))).toEqual(expect.arrayContaining(variables));
  });

  it('keep dead letters apart: each change function may send only to its own', () => {
    for (const name of ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'AccountChanges']) {
      expect(environmentOf(name).DEAD_LETTERS_QUEUE_URL, name).toEqual({
        Ref: expect.stringMatching(new RegExp(`^${name}DeadLetters`)),
      });
      expect(environmentOf(name).SOURCE_QUEUE_URL, name).toEqual({
        Ref: expect.stringMatching(new RegExp(`^${name}[0-9A-F]{8}$`)),
      });
      expect(environmentOf(name).MAXIMUM_DELIVERIES, name).toBe('5');
    }
  });
});

describe('jobs', () => {
  it('wait in three lines for one function, each with dead letters of its own', () => {
    const urls = (name: string) => JSON.stringify(environmentOf('Jobs')[name]);
    const inOrder = (suffix: string) => new RegExp(`"PromptJobs${suffix}.*"Jobs${suffix}.*"BackgroundJobs${suffix}`);
    expect(urls('SOURCE_QUEUE_URL')).toMatch(inOrder('[0-9A-F]{8}"'));
    expect(urls('DEAD_LETTERS_QUEUE_URL')).toMatch(inOrder('DeadLetters'));
  });
});

describe('the HTTP API', () => {
  const routeResources = (template: typeof dev) =>
    [...resourcesOf(template, 'AWS::ApiGatewayV2::Route').values()].map(
      ({ Properties }) => Properties as { RouteKey: string; Target?: unknown; AuthorizationType?: string },
    );

  it('has each route of the route table and one for unknown routes, all with the integration', () => {
    const found = routeResources(dev);
    const wanted = [...routes.map(({ method, path }) => `${method} ${path}`), '$default'];
    expect(found.map(({ RouteKey }) => RouteKey).sort()).toEqual(wanted.sort());
    for (const { RouteKey, Target } of found) expect(JSON.stringify(Target), RouteKey).toContain('integrations/');
    dev.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
  });

  it('answers nobody that it does not know, except preflights where pages may call', () => {
    const openTo = (context: Record<string, string>) =>
      routeResources(synthesize(context))
        .filter(({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM')
        .map(({ RouteKey }) => RouteKey);
    expect(openTo({})).toEqual([]);
    expect(openTo({ corsOrigins: 'https://a.example' })).toEqual(['OPTIONS /{proxy+}']);
  });

  it('takes the tokens of an issuer instead, when it is given one', () => {
    const template = synthesize({ jwtIssuer: 'https://login.example', jwtAudience: 'console,scripts' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      JwtConfiguration: { Issuer: 'https://login.example', Audience: ['console', 'scripts'] },
    });
    const open = routeResources(template).filter(({ AuthorizationType }) => AuthorizationType !== 'JWT');
    expect(open).toEqual([]);
  });

  it('refuses an issuer without an audience, which would take the tokens of other applications', () => {
    expect(() => synthesize({ jwtIssuer: 'https://login.example' })).toThrow(/jwtAudience/);
  });

  it('lets no page call but those of the origins it is given', () => {
    dev.allResourcesProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
  });

  it('lets pages of the origins it is given send what writes need', () => {
    const template = synthesize({ corsOrigins: 'https://a.example,https://b.example' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['https://a.example', 'https://b.example'],
        AllowHeaders: Match.arrayWith(['content-type', 'idempotency-key', 'if-match']),
        ExposeHeaders: Match.arrayWith(['api-version', 'etag', 'idempotent-replayed', 'retry-after', 'x-request-id']),
      },
    });
  });

  it('logs of every call what was called by whom, how it went and how long it took, and no path: paths name leads', () => {
    const [stage] = resourcesOf(dev, 'AWS::ApiGatewayV2::Stage').values();
    const { Format } = stage!.Properties.AccessLogSettings as { Format: string };
    expect(JSON.parse(Format)).toMatchObject({
      requestId: '$context.requestId',
      routeKey: '$context.routeKey',
      status: '$context.status',
      callerArn: '$context.identity.userArn',
      subject: '$context.authorizer.claims.sub',
      latencyMs: '$context.responseLatency',
    });
    expect(Format).not.toMatch(/path/i);
  });

  it('takes no more calls a second than it is told', () => {
    const limitsOf = (context: Record<string, string>) =>
      [...resourcesOf(synthesize(context), 'AWS::ApiGatewayV2::Stage').values()].map(
        ({ Properties }) => Properties.DefaultRouteSettings,
      );
    expect(limitsOf({})).toEqual([{ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 }]);
    expect(limitsOf({ apiRateLimit: '50', apiBurstLimit: '70' })).toEqual([
      { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 70 },
    ]);
    expect(() => synthesize({ apiRateLimit: '0' })).toThrow(/"apiRateLimit" must be a whole number above 0, not "0"/);
  });
});

describe('functions that feed themselves', () => {
  it('are those that count by themselves how far that goes', () => {
    const allowed = [...resourcesOf(dev, 'AWS::Lambda::Function')]
      .filter(([, { Properties }]) => Properties.RecursiveLoop === 'Allow')
      .map(([id]) => id);
    expect(allowed.sort()).toEqual(['DueLeadsFunction', 'ImportsFunction', 'JobsFunction']);
  });
});

describe('alarms', () => {
  const alarms = resourcesOf(prod, 'AWS::CloudWatch::Alarm');

  it('are there in prod and for who names an address, since they cost money while nothing happens', () => {
    dev.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(alarms.size).toBeGreaterThan(20);
  });

  it('tell of dead letters, of queues that lag, of functions that fail and of streams that lag', () => {
    const changes = ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'AccountChanges'];
    for (const queue of [...changes, 'PromptJobs', 'Jobs', 'BackgroundJobs', 'DueLeads', 'Imports']) {
      expect([...alarms.keys()]).toEqual(expect.arrayContaining([`${queue}DeadLettersNotEmpty`, `${queue}Late`]));
    }
    for (const name of Object.keys(functionFiles)) expect([...alarms.keys()]).toContain(`${name}FunctionErrors`);
    expect([...alarms.keys()]).toEqual(
      expect.arrayContaining([
        'BusDeadLettersNotEmpty',
        'StreamDeadLettersNotEmpty',
        'ProjectMembershipsFunctionLate',
        'PublishSegmentEventsFunctionLate',
      ]),
    );
  });

  it('tell of drift by the metric that the reconciler logs', () => {
    expect(alarms.get('Drift')?.Properties).toMatchObject({
      ...{ Namespace: 'LeadSegments', MetricName: 'Drift', Statistic: 'Sum', Threshold: 0 },
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^JobsFunction/) } }],
    });
  });

  it('reach people', () => {
    prod.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Alarms') }],
    });
    synthesize({ alarmEmail: 'on-call@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    });
  });
});

describe('outputs', () => {
  it('name what a client needs', () => {
    const changeQueues = ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'AccountChanges'];
    const wanted = [
      'ApiUrl',
      'BusName',
      ...changeQueues.flatMap((name) => [`${name}QueueUrl`, `${name}DeadLettersQueueUrl`]),
      ...['Segments', 'Leads', 'Accounts', 'Events', 'Memberships', 'Transitions'].map((name) => `${name}TableName`),
    ];
    expect(Object.keys(dev.findOutputs('*')).sort()).toEqual(wanted.sort());
  });
});

describe('the bus', () => {
  it('has no log, unless it is asked for', () => {
    expect(resourcesOf(prod, 'AWS::Logs::LogGroup').has('BusLog')).toBe(false);
    dev.resourcePropertiesCountIs('AWS::Events::Rule', { EventPattern: { source: ['lead-segments'] } }, 0);
    expect(() => synthesize({ busLog: 'yes' })).toThrow('busLog');
  });

  it('then writes what EventBridge may write, and nothing that a lead is or has', () => {
    const logged = synthesize({ busLog: 'true' });
    logged.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['lead-segments'] } });
    const [policy] = resourcesOf(logged, 'AWS::Logs::ResourcePolicy').values();
    const document = JSON.stringify(policy?.Properties.PolicyDocument);
    for (const part of ['logs:PutLogEvents', 'events.amazonaws.com']) expect(document).toContain(part);
    const { Targets } = resourcesOf(logged, 'AWS::Events::Rule').get('AllEvents')!.Properties as {
      Targets: { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string } }[];
    };
    const { InputPathsMap, InputTemplate } = Targets[0]!.InputTransformer;
    expect(Object.values(InputPathsMap).sort()).toEqual([
      ...['$.detail-type', '$.detail.reason', '$.detail.segment.id', '$.id', '$.time'],
    ]);
    expect(JSON.parse(InputTemplate.replaceAll(/<[^>]*>/g, (name) => (name.includes('time') ? '""' : 'x')))).toEqual({
      timestamp: '',
      message: 'x x: x x',
    });
  });
});

describe('the key of hashes', () => {
  it('is made by Secrets Manager, kept in prod, and known to who hashes only', () => {
    const [secret] = resourcesOf(prod, 'AWS::SecretsManager::Secret').values();
    expect(secret).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { GenerateSecretString: expect.anything() },
    });
    const holders = Object.keys(functionFiles).filter((name) => 'HASH_KEY' in environmentOf(name));
    const workers = ['ProfileChanges', 'LevelChanges', 'LeadEvents', 'AccountChanges', 'Jobs', 'DueLeads', 'Imports'];
    expect(holders.sort()).toEqual(['Api', ...workers].sort());
    expect(JSON.stringify(environmentOf('Api').HASH_KEY)).toContain('{{resolve:secretsmanager:');
  });
});
