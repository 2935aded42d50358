import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessControl, namesIn } from '../../../local/iam/access-control.ts';
import { serveEnforcing } from '../../../local/iam/enforcing-server.ts';
import { collectingLog } from '../../../local/log.ts';
import { StackResources } from '../../../local/template/resources.ts';
import type { Template } from '../../../local/template/template.ts';

const region = 'eu-central-1';
const tableArn = { 'Fn::GetAtt': ['Segments', 'Arn'] };

/** A function whose role has these statements. */
function templateWith(...Statement: object[]): Template {
  return {
    Resources: {
      Segments: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
      },
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
      Files: { Type: 'AWS::S3::Bucket', Properties: {} },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: Statement.slice(0, 1) } },
      },
      // As the CDK does with what does not fit into a role's own policy.
      OverflowPolicy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: Statement.slice(1) } },
      },
      Worker: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    },
  };
}

const template = templateWith(
  { Effect: 'Allow', Action: ['dynamodb:Query', 'dynamodb:GetItem'], Resource: tableArn },
  {
    Effect: 'Allow',
    Action: 'dynamodb:PutItem',
    Resource: tableArn,
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['freshness', 'preview#*'] } },
  },
  {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Files', 'Arn'] }, '/*']] },
  },
  { Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' },
);
const place = { stackName: 'T', region, apiUrl: 'http://api', sqsUrl: 'http://sqs' };

describe('a stack under the policies of its template', () => {
  const resources = new StackResources(template, place);
  const control = new AccessControl(resources);
  const log = collectingLog();
  // What the stand-ins would answer: everything there, but for the object.
  const standIn = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(request.headers['x-amz-target'] ? 200 : 404, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{}');
    });
  });
  let server: Awaited<ReturnType<typeof serveEnforcing>>;
  const clientOf = (accessKeyId = 'Worker') => ({
    region,
    endpoint: server.url,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
    const endpoints = { dynamodb: url, sqs: url, eventbridge: url, s3: url };
    server = await serveEnforcing(control, { endpoints, names: namesIn(resources), log });
  });
  afterAll(async () => {
    await server.close();
    standIn.closeAllConnections();
    standIn.close();
  });

  it('lets through what the role allows', async () => {
    const client = new DynamoDBClient(clientOf());
    const table = { TableName: 'T-Segments' };
    await client.send(new QueryCommand(table));
    await client.send(new PutItemCommand({ ...table, Item: { pk: { S: 'freshness' } } }));
    await client.send(new PutItemCommand({ ...table, Item: { pk: { S: 'preview#1' } } }));
    client.destroy();
  });

  it('refuses the rest as the service would', async () => {
    const client = new DynamoDBClient(clientOf());
    const table = { TableName: 'T-Segments' };
    await expect(client.send(new ScanCommand(table))).rejects.toThrow(
      expect.objectContaining({
        name: 'AccessDeniedException',
        message: expect.stringContaining('is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:'),
      }),
    );
    await expect(client.send(new PutItemCommand({ ...table, Item: { pk: { S: 'segments' } } }))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDeniedException' }),
    );
    const sqs = new SQSClient({ ...clientOf(), useQueueUrlAsEndpoint: false });
    const message = { QueueUrl: 'http://sqs/000000000000/T-Jobs', MessageBody: 'x' };
    await expect(sqs.send(new SendMessageCommand(message))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
    client.destroy();
    sqs.destroy();
    expect(log.problems.filter((line) => line.includes('dynamodb:Scan'))).toHaveLength(1);
  });

  it('does not say of an object that it is missing to whom may not list the bucket', async () => {
    const s3 = new S3Client({ ...clientOf(), forcePathStyle: true });
    const object = { Bucket: 't-files', Key: 'none' };
    await expect(s3.send(new HeadObjectCommand(object))).rejects.toThrow(
      expect.objectContaining({ $metadata: expect.objectContaining({ httpStatusCode: 403 }) }),
    );
    await expect(s3.send(new GetObjectCommand(object))).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
    s3.destroy();
  });

  it('fails for whoever is no function of it', async () => {
    const client = new DynamoDBClient(clientOf('somebody'));
    await expect(client.send(new QueryCommand({ TableName: 'T-Segments' }))).rejects.toThrow(
      expect.objectContaining({ name: 'InternalFailure' }),
    );
    client.destroy();
  });

  it('names what was not needed, but for what Lambda needs in the name of the function', async () => {
    const table = 'table/T-Segments';
    expect(control.unused()).toEqual([`Worker: dynamodb:GetItem on ${table}`]);
    const client = new DynamoDBClient(clientOf());
    await client.send(new GetItemCommand({ TableName: 'T-Segments', Key: { pk: { S: 'x' } } }));
    client.destroy();
    expect(control.unused()).toEqual([]);
    expect(control.all()).toContain(`Worker: dynamodb:PutItem on ${table} where the key is preview#*`);
  });
});

describe('a policy that is not evaluated here', () => {
  const allow = { Effect: 'Allow', Action: 'dynamodb:Query', Resource: tableArn };

  it.each([
    ['a denial', { ...allow, Effect: 'Deny' }],
    ['all but some actions', { Effect: 'Allow', NotAction: 'dynamodb:Scan', Resource: tableArn }],
    ['another condition', { ...allow, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }],
    [
      'a second condition',
      {
        ...allow,
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'a' },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      },
    ],
  ])('stops the start: %s', (_what, statement) => {
    expect(() => new AccessControl(new StackResources(templateWith(statement), place))).toThrow(/the local run/);
  });

  it('stops the start: one that is no resource of the template', () => {
    const other = templateWith(allow);
    other.Resources.Role!.Properties = { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] };
    expect(() => new AccessControl(new StackResources(other, place))).toThrow(/only policies that are resources/);
  });
});
