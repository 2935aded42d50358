import {
  type PhysicalResource,
  type References,
  type Resource,
  resolveIntrinsics,
  type Template,
  TemplateError,
} from './template.ts';

export const accountId = '000000000000';

/** Where the stack runs, and what its parts are reached by. */
interface Place {
  stackName: string;
  region: string;
  apiUrl: string;
  sqsUrl: string;
}

/** How `Ref` and `Fn::GetAtt` answer for each resource type that the local run brings up. */
const naming: Record<string, (name: string, place: Place, logicalId: string) => PhysicalResource> = {
  'AWS::DynamoDB::Table': nameTable,
  'AWS::DynamoDB::GlobalTable': nameTable,
  'AWS::SQS::Queue': (name, { region, sqsUrl }) => ({
    ref: `${sqsUrl}/${accountId}/${name}`,
    attributes: { Arn: arn('sqs', region, name), QueueName: name, QueueUrl: `${sqsUrl}/${accountId}/${name}` },
  }),
  'AWS::S3::Bucket': (name, { region }) => {
    const bucket = name.toLowerCase();
    return { ref: bucket, attributes: { Arn: `arn:aws:s3:::${bucket}`, RegionalDomainName: `${bucket}.s3.${region}` } };
  },
  'AWS::Events::EventBus': (name, { region }) => ({
    ref: name,
    attributes: { Arn: arn('events', region, `event-bus/${name}`), Name: name },
  }),
  'AWS::Events::Rule': (name, { region }) => ({
    ref: name,
    attributes: { Arn: arn('events', region, `rule/${name}`) },
  }),
  'AWS::Scheduler::Schedule': (name, { region }) => ({
    ref: name,
    attributes: { Arn: arn('scheduler', region, `schedule/default/${name}`) },
  }),
  'AWS::Lambda::Function': (name, { region }) => ({
    ref: name,
    attributes: { Arn: arn('lambda', region, `function:${name}`) },
  }),
  'AWS::Lambda::EventSourceMapping': (_name, _place, logicalId) => ({ ref: logicalId, attributes: { Id: logicalId } }),
  'AWS::SecretsManager::Secret': (name, { region }) => ({
    ref: arn('secretsmanager', region, `secret:${name}`),
    attributes: {},
  }),
  'AWS::Logs::LogGroup': (name, { region }) => ({
    ref: name,
    attributes: { Arn: `${arn('logs', region, `log-group:${name}`)}:*` },
  }),
  'AWS::ApiGatewayV2::Api': (_name, { apiUrl }, logicalId) => ({
    ref: logicalId,
    attributes: { ApiEndpoint: apiUrl, ApiId: logicalId },
  }),
  'AWS::ApiGatewayV2::Integration': identified,
  'AWS::ApiGatewayV2::Route': identified,
};

/** What the cloud needs and this machine does not. Any other type stops the start. */
const ignored = new Set([
  'AWS::ApiGatewayV2::Deployment',
  'AWS::ApiGatewayV2::Stage',
  'AWS::ApplicationInsights::Application',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'Custom::CloudwatchLogResourcePolicy',
  'Custom::LogRetention',
  'Custom::S3AutoDeleteObjects',
]);

const nameProperties = ['TableName', 'QueueName', 'BucketName', 'FunctionName', 'LogGroupName', 'Name'];

/** A template with every resource named and every property resolved on request. */
export class StackResources {
  readonly template: Template;
  readonly place: Place;
  private readonly known = new Map<string, PhysicalResource>();
  private readonly references: References = {
    ref: (name) => this.ref(name),
    attribute: (logicalId, attribute) => this.attribute(logicalId, attribute),
  };

  constructor(template: Template, place: Place) {
    this.template = template;
    this.place = place;
    for (const [logicalId, { Type }] of Object.entries(template.Resources)) {
      if (!naming[Type] && !ignored.has(Type)) {
        throw new TemplateError(logicalId, `the local run does not know resources of type ${Type}`);
      }
    }
  }

  /** All resources of these types with their properties as templated. */
  ofType(...types: string[]): Array<[logicalId: string, resource: Resource]> {
    return Object.entries(this.template.Resources).filter(([, { Type }]) => types.includes(Type));
  }

  /** The properties of a resource, every reference replaced. */
  properties<Shape>(logicalId: string): Shape {
    return this.resolve(this.resource(logicalId).Properties ?? {}, logicalId) as Shape;
  }

  resolve(value: unknown, where: string): unknown {
    return resolveIntrinsics(value, this.references, where);
  }

  /** What a resource is called here. */
  physical(logicalId: string): PhysicalResource {
    const known = this.known.get(logicalId);
    if (known) return known;
    const resource = this.resource(logicalId);
    const name = this.name(logicalId, resource);
    const physical = naming[resource.Type]?.(name, this.place, logicalId) ?? {
      ref: name,
      attributes: { Arn: arn('local', this.place.region, name) },
    };
    this.known.set(logicalId, physical);
    return physical;
  }

  /** The logical id without the hash that CDK appends: `Leads2B1C0F5A` is `Leads`. */
  plainName(logicalId: string): string {
    const plain = logicalId.replace(/[0-9A-F]{8}$/, '');
    const sharing = Object.entries(this.template.Resources).filter(
      ([other, { Type }]) => Type === this.template.Resources[logicalId]?.Type && other.startsWith(plain),
    );
    const alone = sharing.filter(([other]) => other.replace(/[0-9A-F]{8}$/, '') === plain).length === 1;
    return plain !== '' && alone ? plain : logicalId;
  }

  /** The stack's outputs, resolved. */
  outputs(): Record<string, string> {
    const outputs = Object.entries(this.template.Outputs ?? {});
    return Object.fromEntries(outputs.map(([name, { Value }]) => [name, String(this.resolve(Value, name))]));
  }

  private name(logicalId: string, resource: Resource): string {
    for (const property of nameProperties) {
      const given = resource.Properties?.[property];
      if (given !== undefined) return String(this.resolve(given, logicalId));
    }
    return `${this.place.stackName}-${this.plainName(logicalId)}`;
  }

  private resource(logicalId: string): Resource {
    const resource = this.template.Resources[logicalId];
    if (!resource) throw new TemplateError(logicalId, 'no such resource in the template');
    return resource;
  }

  private ref(name: string): string {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': accountId,
      'AWS::Partition': 'aws',
      'AWS::Region': this.place.region,
      'AWS::StackId': arn('cloudformation', this.place.region, `stack/${this.place.stackName}/local`),
      'AWS::StackName': this.place.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    const parameter = this.template.Parameters?.[name];
    return pseudo[name] ?? parameter?.Default ?? this.physical(name).ref;
  }

  private attribute(logicalId: string, attribute: string): string {
    const value = this.physical(logicalId).attributes[attribute];
    if (value === undefined) {
      throw new TemplateError(logicalId, `the local run has no attribute ${attribute} for it`);
    }
    return value;
  }
}

function arn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

function nameTable(name: string, { region }: Place): PhysicalResource {
  const tableArn = arn('dynamodb', region, `table/${name}`);
  // A stand-in stamps its own stream label; the template's view needs one that is known before the table is.
  return { ref: name, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local` } };
}

function identified(_name: string, _place: Place, logicalId: string): PhysicalResource {
  return { ref: logicalId, attributes: {} };
}
