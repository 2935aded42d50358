import { describe, expect, it } from 'vitest';
import { StackResources } from '../../../local/template/resources.ts';
import { type Template, TemplateError } from '../../../local/template/template.ts';

const place = { stackName: 'Stack', region: 'eu-central-1', apiUrl: 'http://api', sqsUrl: 'http://sqs' };

function resourcesOf(Resources: Template['Resources'], rest: Partial<Template> = {}): StackResources {
  return new StackResources({ Resources, ...rest }, place);
}

const queue = { Orders1A2B3C4D: { Type: 'AWS::SQS::Queue' } };

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like that
describe('resolving a template', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref of a queue is its URL', { Ref: 'Orders1A2B3C4D' }, 'http://sqs/000000000000/Stack-Orders'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['Ref of a parameter is its default', { Ref: 'Version' }, '/cdk/1'],
    [
      'Fn::GetAtt with a list',
      { 'Fn::GetAtt': ['Orders1A2B3C4D', 'Arn'] },
      'arn:aws:sqs:eu-central-1:000000000000:Stack-Orders',
    ],
    ['Fn::GetAtt with a text', { 'Fn::GetAtt': 'Orders1A2B3C4D.QueueName' }, 'Stack-Orders'],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'AWS::Partition' }]] }, 'a:aws'],
    ['Fn::Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Fn::Split inside Fn::Select', { 'Fn::Select': ['0', { 'Fn::Split': ['/', 'a/b'] }] }, 'a'],
    [
      'Fn::Sub',
      { 'Fn::Sub': 'x-${AWS::Region}-${Orders1A2B3C4D.QueueName}-${!kept}' },
      'x-eu-central-1-Stack-Orders-${kept}',
    ],
    [
      'Fn::Sub with values of its own',
      { 'Fn::Sub': ['${a}-${b}', { a: 1, b: { Ref: 'AWS::Region' } }] },
      '1-eu-central-1',
    ],
    ['AWS::NoValue leaves nothing', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['what is no intrinsic stays', { Ref: 'a', other: null }, { Ref: 'a', other: null }],
  ])('%s', (_name, value, expected) => {
    const resources = resourcesOf(queue, { Parameters: { Version: { Default: '/cdk/1' } } });
    expect(resources.resolve(value, 'Here')).toEqual(expected);
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like that
  it.each<[string, unknown, RegExp]>([
    ['an intrinsic it does not know', { 'Fn::ImportValue': 'x' }, /Here: .*Fn::ImportValue is not supported/],
    ['a reference to nothing', { Ref: 'Nothing' }, /Nothing: no such resource/],
    [
      'an attribute it does not know',
      { 'Fn::GetAtt': ['Orders1A2B3C4D', 'Colour'] },
      /Orders1A2B3C4D: .*attribute Colour/,
    ],
    ['an element that is not there', { 'Fn::Select': [5, ['a']] }, /no element 5/],
  ])('refuses %s', (_name, value, message) => {
    expect(() => resourcesOf(queue).resolve(value, 'Here')).toThrow(message);
  });

  it('refuses a resource type that it does not know, with its logical id', () => {
    const load = () => resourcesOf({ Cluster: { Type: 'AWS::ECS::Cluster' } });
    expect(load).toThrow(TemplateError);
    expect(load).toThrow('Cluster: the local run does not know resources of type AWS::ECS::Cluster');
  });

  it('ignores what only the cloud needs', () => {
    expect(resourcesOf({ Role: { Type: 'AWS::IAM::Role' } }).resolve({ Ref: 'Role' }, 'Here')).toBe('Stack-Role');
  });

  it('keeps the hash in a name where the name alone is ambiguous', () => {
    const resources = resourcesOf({ Q11111111: { Type: 'AWS::SQS::Queue' }, Q22222222: { Type: 'AWS::SQS::Queue' } });
    expect(resources.plainName('Q11111111')).toBe('Q11111111');
  });
});
