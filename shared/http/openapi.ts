import { z } from 'zod';
import { type ProblemCode, problemStatuses } from '../problem/problem-codes.ts';
import {
  type contractSchema,
  leadSchema,
  memberSchema,
  previewAnswerSchema,
  problemSchema,
  ruleExplanationSchema,
} from './answer.ts';
import { apiVersion } from './api-version.ts';
import { ruleSchema, unreadChangeSchema } from './body-schemas.ts';
import { parametersTold } from './parameters.ts';
import { type AnswerForm, noBody, problemsOf, type Route } from './route.ts';
import { routes } from './routes.ts';
import { revisionSchema, segmentSchema, segmentSummarySchema } from './segment-answers.ts';

type Json = Record<string, unknown>;
type Refer = (schema: z.ZodType, name: string) => Json;

/** The schemas that others refer to by name. */
const named: readonly (readonly [string, z.ZodType])[] = [
  ['Rule', ruleSchema],
  ['Change', unreadChangeSchema],
  ['Segment', segmentSchema],
  ['SegmentSummary', segmentSummarySchema],
  ['Revision', revisionSchema],
  ['Preview', previewAnswerSchema],
  ['Lead', leadSchema],
  ['RuleExplanation', ruleExplanationSchema],
  ['Member', memberSchema],
  ['Problem', problemSchema],
];
const componentPath = '#/components/schemas/';

/** The HTTP API as OpenAPI 3.1, made from the declarations of its routes. */
export function openApiOf(): z.output<typeof contractSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  /** A schema by the name it has, or gets here. */
  const refer: Refer = (schema, name) => {
    const known = registry.get(schema)?.id;
    if (known === undefined) registry.add(schema, { id: name });
    return { $ref: `${componentPath}${known ?? name}` };
  };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const { method, path } = route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, refer) };
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `${componentPath}${id}`,
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lead Segments',
      version: apiVersion,
      description: 'Segments of leads, kept exact as changes arrive.',
    },
    paths,
    components: { schemas: Object.fromEntries(Object.entries(schemas).flatMap(componentOf)) },
  };
}

/** `GET /segments/{segmentId}/rules` is `getSegmentsSegmentIdRules`. */
function operationIdOf(method: string, path: string): string {
  const parts = path.split(/[^A-Za-z]+/).filter((part) => part !== '');
  return method.toLowerCase() + parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
}

function operationOf(route: Route, refer: Refer): Json {
  const { method, path, summary, query, takesIfMatch, hasEtag, body, bodyMayBeMissing, answers } = route;
  const operationId = operationIdOf(method, path);
  const schemaName = operationId[0]!.toUpperCase() + operationId.slice(1);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query.shape).map(([name, schema]) => ({ name, in: 'query', ...toldOf(name, schema) }));
  const conditions = [...(takesIfMatch ? [ifMatch] : []), ...(hasEtag ? [ifNoneMatch] : [])];
  const parameters = [...inPath, ...inQuery, ...conditions];
  const responses = Object.entries(answers).map(([status, answer]) => [
    status,
    responseOf(answer, (schema) => refer(schema, `${schemaName}Answer`)),
  ]);
  return {
    operationId,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== noBody && {
      requestBody: {
        required: !bodyMayBeMissing,
        content: { 'application/json': { schema: refer(body, `${schemaName}Body`) } },
      },
    }),
    responses: {
      ...Object.fromEntries(responses),
      ...(hasEtag && { 304: notModified }),
      ...problemResponses(problemsOf(route)),
    },
  };
}

const ifMatch = {
  ...{ name: 'If-Match', in: 'header', description: 'The ETag it was made for.' },
  schema: { type: 'string' },
};
const ifNoneMatch = {
  ...{ name: 'If-None-Match', in: 'header', description: 'The ETag of the answer that is known.' },
  schema: { type: 'string' },
};
const notModified = { description: 'The answer with that ETag still holds' };

function toldOf(name: string, schema: z.core.$ZodType) {
  const told = parametersTold.get(schema);
  if (!told) throw new Error(`Nothing is told of the parameter ${name}`);
  return told;
}

/** By status: which problems there can be. */
function problemResponses(codes: readonly ProblemCode[]): Json {
  const statuses = [...new Set(codes.map((code) => problemStatuses[code]))];
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => problemStatuses[code] === status);
      return [status, { ...problem, description: `A problem: ${[...new Set(ofStatus)].join(', ')}` }];
    }),
  );
}

const problem = {
  content: { 'application/problem+json': { schema: { $ref: `${componentPath}Problem` } } },
};

function responseOf(answer: AnswerForm, schemaOf: (schema: z.ZodType) => Json): Json {
  if (answer === 'nothing') return { description: 'Done' };
  if (answer === 'text/csv') return { description: 'CSV', content: { 'text/csv': { schema: { type: 'string' } } } };
  return { description: 'The answer', content: { 'application/json': { schema: schemaOf(answer) } } };
}

function componentOf([id, schema]: [string, object]): [string, unknown][] {
  // Where zod keeps what recurs without a name: only JSON values do, which are anything.
  if (id === '__shared') return [];
  const { $schema: _schema, $id: _id, ...rest } = schema as Json;
  return [[id, told(rest, isOfBodies(id))]];
}

/** Whether a component says what is sent: there an unknown key is refused. */
const isOfBodies = (id: string) => id === 'Rule' || id.endsWith('Body');

/** A schema as clients see it: JSON values are anything, and answers have room for more in them one day. */
function told(schema: unknown, isStrict: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((part) => told(part, isStrict));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema && String(schema.$ref).startsWith(`${componentPath}__shared`)) return {};
  const kept = Object.entries(schema).filter(
    ([key, value]) => isStrict || key !== 'additionalProperties' || value !== false,
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, told(value, isStrict)]));
}
