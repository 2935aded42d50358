import type { JsonObject } from '../aws/aws-json.ts';

/** One resource of a CloudFormation template. */
export interface Resource {
  Type: string;
  Properties?: JsonObject;
}

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  Resources: Record<string, Resource>;
  Parameters?: Record<string, { Default?: string }>;
  Outputs?: Record<string, { Value: unknown }>;
}

/** What a resource is called here: the value of `Ref`, and of each `Fn::GetAtt`. */
export interface PhysicalResource {
  ref: string;
  attributes: Record<string, string>;
}

/** Answers references; `where` of an error is added by {@link resolveIntrinsics}. */
export interface References {
  ref(name: string): string;
  attribute(logicalId: string, attribute: string): string;
}

/** A template that asks for something the local run does not know. */
export class TemplateError extends Error {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
    this.name = 'TemplateError';
  }
}

/** Replaces every intrinsic function in a value; `where` (a logical id) is told in errors. */
export function resolveIntrinsics(value: unknown, references: References, where: string): unknown {
  const resolve = (inner: unknown): unknown => resolveIntrinsics(inner, references, where);
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) {
    const intrinsic = intrinsics[key];
    if (!intrinsic) throw new TemplateError(where, `the intrinsic function ${key} is not supported here`);
    return intrinsic({ argument, resolve, references, where });
  }
  const resolved: JsonObject = {};
  for (const [name, inner] of entries) {
    const result = resolve(inner);
    if (result !== undefined) resolved[name] = result;
  }
  return resolved;
}

interface IntrinsicCall {
  argument: unknown;
  resolve: (value: unknown) => unknown;
  references: References;
  where: string;
}

const intrinsics: Record<string, (call: IntrinsicCall) => unknown> = {
  Ref: ({ argument, references }) => (argument === 'AWS::NoValue' ? undefined : references.ref(String(argument))),
  'Fn::GetAtt': ({ argument, references }) => {
    const [logicalId, ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
    return references.attribute(String(logicalId), attribute.join('.'));
  },
  'Fn::Join': ({ argument, resolve, where }) => {
    const [separator, parts] = asList(argument, 'Fn::Join', where);
    return asList(resolve(parts), 'Fn::Join', where).join(String(separator));
  },
  'Fn::Select': ({ argument, resolve, where }) => {
    const [index, list] = asList(argument, 'Fn::Select', where);
    const items = asList(resolve(list), 'Fn::Select', where);
    const position = Number(resolve(index));
    if (!(position in items)) throw new TemplateError(where, `Fn::Select finds no element ${position}`);
    return items[position];
  },
  'Fn::Split': ({ argument, resolve, where }) => {
    const [separator, text] = asList(argument, 'Fn::Split', where);
    return String(resolve(text)).split(String(separator));
  },
  'Fn::Sub': ({ argument, resolve, references, where }) => {
    const [text, values] = Array.isArray(argument) ? argument : [argument, {}];
    const own = (values ?? {}) as JsonObject;
    return String(text).replace(/\$\{([^}]*)\}/g, (_match, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(own, name)) return String(resolve(own[name]));
      const [logicalId, ...attribute] = name.split('.');
      if (!logicalId) throw new TemplateError(where, 'Fn::Sub names nothing');
      return attribute.length === 0 ? references.ref(name) : references.attribute(logicalId, attribute.join('.'));
    });
  },
};

function asList(value: unknown, intrinsic: string, where: string): unknown[] {
  if (!Array.isArray(value)) throw new TemplateError(where, `${intrinsic} needs a list`);
  return value;
}
