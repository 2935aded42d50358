import { z } from 'zod';
import {
  leadSchema,
  memberSchema,
  previewAnswerSchema,
  problemSchema,
  segmentSchema,
  segmentSummarySchema,
} from './answer.ts';
import { ruleSchema } from './body-schemas.ts';
import { contracts, queryParameters, type RouteContract } from './contract.ts';
import { type RouteKey, routes } from './routes.ts';

type Json = Record<string, unknown>;
type Refer = (schema: z.ZodType, name: string) => Json;

/** The schemas that others refer to by name. */
const named: readonly (readonly [string, z.ZodType])[] = [
  ['Rule', ruleSchema],
  ['Segment', segmentSchema],
  ['SegmentSummary', segmentSummarySchema],
  ['Preview', previewAnswerSchema],
  ['Lead', leadSchema],
  ['Member', memberSchema],
  ['Problem', problemSchema],
];
const componentPath = '#/components/schemas/';

/** The HTTP API as OpenAPI 3.1, made from the route table and the schemas that requests are checked with. */
export function openApiOf(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  /** A schema by the name it has, or gets here. */
  const refer: Refer = (schema, name) => {
    const known = registry.get(schema)?.id;
    if (known === undefined) registry.add(schema, { id: name });
    return { $ref: `${componentPath}${known ?? name}` };
  };
  const paths: Record<string, Record<string, Json>> = {};
  for (const { method, path } of routes) {
    const operation = operationOf(method, path, refer);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `${componentPath}${id}`,
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Lead Segments', version: '1', description: 'Segments of leads, kept exact as changes arrive.' },
    paths,
    components: { schemas: Object.fromEntries(Object.entries(schemas).flatMap(componentOf)) },
  };
}

/** `GET /segments/{segmentId}/rules` is `getSegmentsSegmentIdRules`. */
function operationIdOf(method: string, path: string): string {
  const parts = path.split(/[^A-Za-z]+/).filter((part) => part !== '');
  return method.toLowerCase() + parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
}

function operationOf(method: string, path: string, refer: Refer): Json {
  const contract = contracts[`${method} ${path}` as RouteKey];
  const { summary, query = [], takesIfMatch, body, answers, refuses } = contract;
  const operationId = operationIdOf(method, path);
  const schemaName = operationId[0]!.toUpperCase() + operationId.slice(1);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = query.map((name) => ({ name, in: 'query', ...queryParameters[name] }));
  const ifMatch = { name: 'If-Match', in: 'header', description: 'The ETag it was made for.' };
  const parameters = [...inPath, ...inQuery, ...(takesIfMatch ? [{ ...ifMatch, schema: { type: 'string' } }] : [])];
  const responses = Object.entries(answers).map(([status, answer]) => [
    status,
    responseOf(answer, (schema) => refer(schema, `${schemaName}Answer`)),
  ]);
  const problems = [...refuses, ...(body ? [413] : []), 422, 500].map((status) => [String(status), problem]);
  return {
    operationId,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: refer(body, `${schemaName}Body`) } } },
    }),
    responses: Object.fromEntries([...responses, ...problems]),
  };
}

const problem = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: `${componentPath}Problem` } } },
};

function responseOf(answer: RouteContract['answers'][number], schemaOf: (schema: z.ZodType) => Json): Json {
  if (answer === 'nothing') return { description: 'Done' };
  if (answer === 'text/csv') return { description: 'CSV', content: { 'text/csv': { schema: { type: 'string' } } } };
  return { description: 'The answer', content: { 'application/json': { schema: schemaOf(answer) } } };
}

function componentOf([id, schema]: [string, object]): [string, unknown][] {
  // Where zod keeps what recurs without a name: only JSON values do, which are anything.
  if (id === '__shared') return [];
  const { $schema: _schema, $id: _id, ...rest } = schema as Json;
  return [[id, withAnyJson(rest)]];
}

function withAnyJson(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withAnyJson);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema && String(schema.$ref).startsWith(`${componentPath}__shared`)) return {};
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withAnyJson(value)]));
}
