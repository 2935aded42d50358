import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { functionFiles, kebabCase } from '../../infra/function-files.ts';
import { resourcesOf, synthesize } from './synthesize.ts';

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: { 'ForAllValues:StringLike'?: { 'dynamodb:LeadingKeys'?: string | string[] } };
}

const template = synthesize({ stage: 'prod' });
const names = Object.keys(functionFiles);
const outputDirectory = mkdtempSync(join(tmpdir(), 'grants-'));
afterAll(() => rmSync(outputDirectory, { recursive: true }));

const statements = [...resourcesOf(template, 'AWS::IAM::Policy').values()].flatMap(({ Properties }) => {
  const { PolicyDocument, Roles } = Properties as {
    PolicyDocument: { Statement: Statement[] };
    Roles: { Ref: string }[];
  };
  return PolicyDocument.Statement.map(({ Action, Resource, Condition }) => ({
    roles: Roles.map(({ Ref }) => Ref.replace(/Role[0-9A-F]{8}$/, '')),
    actions: [Action].flat(),
    resource: JSON.stringify(Resource),
    kinds: [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat(),
  }));
});

/** What the environment of a function names: the logical ids of tables, queues and the bus. */
function namedTo(name: string): Set<string> {
  const { Properties } = resourcesOf(template, 'AWS::Lambda::Function').get(`${name}Function`)!;
  // CloudFormation puts the key itself there: it is nothing that the function touches.
  const { HASH_KEY: _key, ...Variables } = (Properties.Environment as { Variables: Record<string, unknown> }).Variables;
  return new Set(Object.values(Variables).flatMap((value) => logicalIdsIn(JSON.stringify(value))));
}

/** What a function's own code may touch; what its event source does in its name is none of its business. */
function grantedTo(name: string): Set<string> {
  const calls =
    /^(dynamodb:(?!DescribeStream|GetRecords|GetShardIterator|ListStreams)|sqs:(SendMessage|GetQueueAttributes|ChangeMessageVisibility)$|events:|s3:GetObject)/;
  const own = statements.filter(({ roles, actions }) => {
    return roles.includes(name) && actions.some((action) => calls.test(action));
  });
  return new Set(own.flatMap(({ resource }) => logicalIdsIn(resource)));
}

function logicalIdsIn(json: string): string[] {
  return [...json.matchAll(/"(?:Ref":"|Fn::GetAtt":\[")([A-Za-z0-9]+)"/g)].map(([, id]) => id!);
}

describe.each(names)('%s', (name) => {
  it('may touch nothing that it is not told the name of', () => {
    expect([...namedTo(name)]).toEqual(expect.arrayContaining([...grantedTo(name)]));
  });
});

/** What functions may do with tables and their indexes. */
const withTables = statements.filter(({ resource }) =>
  /"(Segments|Leads|Accounts|Events|Memberships|Transitions)[0-9A-F]{8}"/.test(resource),
);
const writes = /^dynamodb:(BatchWriteItem|DeleteItem|PartiQL(Delete|Insert|Update)|PutItem|UpdateItem)$/;

it('lets nobody scan a table, nor with a statement that selects', () => {
  const actions = withTables.flatMap(({ actions }) => actions);
  expect(actions).toContain('dynamodb:Query');
  expect(actions.filter((action) => /Scan|PartiQLSelect|\*/.test(action))).toEqual([]);
});

it('lets everybody only query indexes', () => {
  const onIndexes = withTables.filter(({ resource }) => resource.includes('/index/'));
  expect(onIndexes.flatMap(({ actions }) => actions)).toEqual(['dynamodb:Query', 'dynamodb:Query']);
});

it('lets everybody write only kinds of items of their own in the segments table', () => {
  const intoSegments = withTables.filter(
    ({ resource, actions }) => resource.includes('"Segments') && actions.some((action) => writes.test(action)),
  );
  expect(new Set(intoSegments.flatMap(({ roles }) => roles)).size).toBeGreaterThan(7);
  for (const { roles, actions, kinds } of intoSegments) {
    expect(kinds.length, `${roles} ${actions}`).toBeGreaterThan(0);
    expect(kinds, `${roles} ${actions}`).not.toContain('*');
  }
  const kindsOf = (name: string) =>
    intoSegments.filter(({ roles }) => roles.includes(name)).flatMap(({ kinds }) => kinds);
  expect([...new Set(kindsOf('DueLeads'))]).toEqual(['announcements#*', 'catalog', 'delivery#*']);
  expect([...new Set(kindsOf('LevelChanges'))].sort()).toEqual([
    'announcements#*',
    'catalog',
    'delivery#*',
    'freshness',
    'leads',
    'vocabulary',
  ]);
});

it('tells each function every name that its code asks for', async () => {
  await bundleFunctions({ outputDirectory });
  for (const name of names) {
    const code = readFileSync(join(outputDirectory, kebabCase(name), 'index.mjs'), 'utf8');
    const asked = [
      ...code.matchAll(
        /["'`]([A-Z_]+_(?:TABLE|QUEUE_URL|RETENTION_DAYS|BUCKET)|BUS_NAME|MAXIMUM_DELIVERIES|VISIBILITY_TIMEOUT_SECONDS)["'`]/g,
      ),
    ].map(([, id]) => id!);
    const { Properties } = resourcesOf(template, 'AWS::Lambda::Function').get(`${name}Function`)!;
    const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
    expect(Object.keys(Variables), name).toEqual(expect.arrayContaining(asked));
  }
});

it('grants nothing by wildcard but what has no name before it is there', () => {
  const wild = statements.filter(({ resource }) => resource.includes('*')).map(({ actions }) => actions.join(' '));
  expect([...new Set(wild)].sort()).toEqual([
    // The streams of a table, and the objects in the bucket of dead letters: Lambda names both.
    'dynamodb:ListStreams',
    // The files of exports, and the snapshots of the catalog.
    's3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObject',
    's3:DeleteObject s3:GetObject s3:PutObject',
    's3:GetObject',
    's3:PutObject',
    // X-Ray has no resources.
    'xray:PutTelemetryRecords xray:PutTraceSegments',
  ]);
});

it('lets nobody but the API function be called by the API, and the clock only call what it wakes', () => {
  const permissions = [...resourcesOf(template, 'AWS::Lambda::Permission').values()].map(
    ({ Properties }) => Properties,
  );
  const callers = permissions.map(({ Principal, FunctionName }) => [
    Principal,
    logicalIdsIn(JSON.stringify(FunctionName))[0]?.replace(/Function[0-9A-F]{8}$/, ''),
  ]);
  expect(callers.sort()).toEqual([
    ['apigateway.amazonaws.com', 'Api'],
    ['events.amazonaws.com', 'QueueDueLeads'],
    ['events.amazonaws.com', 'Reconcile'],
    ['events.amazonaws.com', 'TendJobs'],
  ]);
  for (const { SourceArn } of permissions) expect(SourceArn).toBeDefined();
});
