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
import { routesByName } from './routes.ts';
import { toldByOperand } from './rule-told.ts';
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
  for (const [name, route] of Object.entries<Route>(routesByName)) {
    const { method, path } = route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name, route, refer) };
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
    components: { schemas: Object.fromEntries(componentsOf(schemas)) },
  };
}

function operationOf(operationId: string, route: Route, refer: Refer): Json {
  const { method, path, summary, query, takesIfMatch, hasEtag, body, bodyMayBeMissing, answers, example } = route;
  const schemaName = operationId[0]!.toUpperCase() + operationId.slice(1);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query.shape).map(([name, schema]) => ({ name, in: 'query', ...toldOf(name, schema) }));
  const inHeader = [
    ...(method === 'POST' ? [idempotencyKey] : []),
    ...(takesIfMatch ? [ifMatch] : []),
    ...(hasEtag ? [ifNoneMatch] : []),
  ];
  const parameters = [...inPath, ...inQuery, ...inHeader];
  const responses = Object.entries(answers).map(([status, answer]) => [
    status,
    {
      ...(told(
        responseOf(answer, (schema) => refer(schema, `${schemaName}Answer`)),
        false,
      ) as Json),
      headers: headersOf(route, Number(status)),
    },
  ]);
  return {
    operationId,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== noBody && {
      requestBody: {
        required: !bodyMayBeMissing,
        content: {
          'application/json': { schema: refer(body, `${schemaName}Body`), ...(example !== undefined && { example }) },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(responses),
      ...(hasEtag && { 304: notModified }),
      ...problemResponses(problemsOf(route)),
    },
  };
}

const idempotencyKey = {
  ...{ name: 'Idempotency-Key', in: 'header', description: 'The same key again, within a day, gets the first answer.' },
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const ifMatch = {
  ...{ name: 'If-Match', in: 'header', description: 'The ETag it was made for.' },
  schema: { type: 'string' },
};
const ifNoneMatch = {
  ...{ name: 'If-None-Match', in: 'header', description: 'The ETag of the answer that is known.' },
  schema: { type: 'string' },
};
const notModified = { description: 'The answer with that ETag still holds' };

const header = (description: string) => ({ description, schema: { type: 'string' } });
const headersOfAll = { 'x-request-id': header('Names the request in logs.'), 'api-version': header('Such as v1.') };
const etag = header('For If-Match and If-None-Match.');

/** The headers of an answer with that status. */
function headersOf({ method, takesIfMatch, hasEtag, answers, ...route }: Route, status: number): Json {
  const tellsPlace = status === 201 || (status === 202 && route.tellsPlace);
  const tellsRevision = hasEtag || (takesIfMatch && answers[status] !== 'nothing') || status === 201;
  return {
    ...headersOfAll,
    ...(tellsRevision && { ETag: etag }),
    ...(tellsPlace && { Location: header('Where it is.') }),
    ...(method === 'POST' && { 'Idempotent-Replayed': header('`true`: the answer to an earlier request.') }),
  };
}

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
      const headers = { ...headersOfAll, ...(waits.has(status) && { 'Retry-After': retryAfter }) };
      return [status, { ...problem, description: `A problem: ${[...new Set(ofStatus)].join(', ')}`, headers }];
    }),
  );
}

/** Where it helps to send the same again. */
const waits: ReadonlySet<number> = new Set([409, 429, 503]);
const retryAfter = header('After so many seconds it may be sent again, where that helps.');

const problem = {
  content: { 'application/problem+json': { schema: { $ref: `${componentPath}Problem` } } },
};

function responseOf(answer: AnswerForm, schemaOf: (schema: z.ZodType) => Json): Json {
  if (answer === 'nothing') return { description: 'Done' };
  if ('fileTypes' in answer) {
    const content = answer.fileTypes.map((contentType) => {
      const [type = '', charset] = contentType.split('; ');
      return [type, { schema: charset ? { type: 'string' } : { contentMediaType: type } }] as const;
    });
    return { description: 'The file', content: Object.fromEntries(content) };
  }
  return { description: 'The answer', content: { 'application/json': { schema: schemaOf(answer) } } };
}

/** Whether a component says what is sent: there an unknown key is refused. */
const isOfBodies = (id: string) => id === 'Rule' || id.endsWith('Body');

const sentRule = `${componentPath}Rule`;
const storedRule = `${componentPath}StoredRule`;

/** The components as clients see them: rules by their operators, and in answers with their ids. */
function componentsOf(schemas: Readonly<Record<string, object>>): [string, unknown][] {
  return Object.entries(schemas).flatMap(([id, schema]): [string, unknown][] => {
    // Where zod keeps what recurs without a name: only JSON values do, which are anything.
    if (id === '__shared') return [];
    const { $schema: _schema, $id: _id, ...rest } = schema as Json;
    if (id !== 'Rule') return [[id, told(rest, isOfBodies(id))]];
    const oneOf = (rest.oneOf as Json[]).flatMap(ruleTold);
    const stored = oneOf.map((rule) => ({ ...rule, required: ['id', ...(rule.required as string[])] }));
    return [
      ['Rule', told({ oneOf }, true)],
      ['StoredRule', told({ oneOf: stored }, false)],
    ];
  });
}

function ruleTold(rule: Json): readonly Json[] {
  const { and } = rule.properties as Record<string, Json | undefined>;
  const further = and && { ...and, items: { oneOf: toldByOperand(and.items as Json) } };
  return toldByOperand(further ? { ...rule, properties: { ...(rule.properties as Json), and: further } } : rule);
}

/** A schema as clients see it: JSON values are anything, and answers have room for more in them one day. */
function told(schema: unknown, isSent: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((part) => told(part, isSent));
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema && String(schema.$ref).startsWith(`${componentPath}__shared`)) return {};
  if ('$ref' in schema && schema.$ref === sentRule && !isSent) return { $ref: storedRule };
  const kept = Object.entries(schema).filter(
    ([key, value]) => isSent || key !== 'additionalProperties' || value !== false,
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, told(value, isSent)]));
}
