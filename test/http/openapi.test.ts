import { describe, expect, test } from 'vitest';
import { openApiOf } from '../../shared/http/openapi.ts';
import { routes } from '../../shared/http/routes.ts';
import { operatorNamed, operatorNames } from '../../shared/rule/operator.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<
    string,
    { description: string; headers?: object; content?: Record<string, { schema: object }> }
  >;
}
const contract = openApiOf() as {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, path, operation })),
);
const referencesIn = (part: unknown) => [...JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!);

test('is OpenAPI 3.1 with every route of the table, and no other', () => {
  expect(contract).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.any(String), version: expect.any(String) },
  });
  expect(operations.map(({ key }) => key).sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
});

describe.each(operations)('$key', ({ path, operation }) => {
  test('has a summary, its parameters, a success and a problem', () => {
    expect(operation.summary).not.toBe('');
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    for (const parameter of inPath) expect(parameter.required).toBe(true);
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
      expect(description).not.toBe('');
      if (Number(status) >= 400) expect(Object.keys(content)).toEqual(['application/problem+json']);
      for (const { schema } of Object.values(content)) expect(Object.keys(schema)).toHaveLength(1);
    }
  });
});

test('names each operation once, and refers only to what is there', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(Object.keys(contract.components.schemas).map((name) => `#/components/schemas/${name}`));
  const references = referencesIn(contract);
  expect(references.length).toBeGreaterThan(50);
  expect(references.filter((to) => !known.has(to))).toEqual([]);
  expect([...known].filter((name) => !references.includes(name) && !/Member$/.test(name))).toEqual([]);
});

test('says of a body what it takes: rules by their types, nested ones too, and no unknown keys', () => {
  const body = contract.paths['/segments/{segmentId}/rules']!.put!.requestBody!.content['application/json']!.schema;
  const saved = contract.components.schemas[referencesIn(body)[0]!.split('/').at(-1)!];
  expect(saved).toMatchObject({
    type: 'object',
    properties: { rules: { type: 'array', items: { $ref: '#/components/schemas/Rule' } } },
    required: ['rules'],
    additionalProperties: false,
  });
  const { oneOf } = contract.components.schemas.Rule as { oneOf: { properties: Record<string, { const?: string }> }[] };
  expect(oneOf.map(({ properties }) => properties.type?.const)).toEqual(
    expect.arrayContaining(['lead_metadata', 'event_metadata', 'segment', 'group']),
  );
  expect(oneOf.find(({ properties }) => properties.type?.const === 'group')?.properties.rules).toMatchObject({
    items: { $ref: '#/components/schemas/Rule' },
  });
});

interface RuleTold {
  readonly properties: Record<string, { const?: string; enum?: string[]; items?: { oneOf: RuleTold[] } }>;
  readonly required: readonly string[];
}
const rulesTold = (name: string) => (contract.components.schemas[name] as { oneOf: RuleTold[] }).oneOf;

test('tells which values each operator takes, on every type of rule and on further conditions', () => {
  const operatorsOf = (rules: RuleTold[]) => rules.flatMap(({ properties }) => properties.operator?.enum ?? []);
  const valueTold = (rules: RuleTold[], operator: string) => {
    const rule = rules.find(({ properties }) => properties.operator?.enum?.includes(operator))!;
    return { value: rule.properties.value, isRequired: rule.required.includes('value') };
  };
  for (const type of ['lead_metadata', 'account_metadata', 'event_metadata', 'engagement_level']) {
    const ofType = rulesTold('Rule').filter(({ properties }) => properties.type?.const === type);
    const onLevel = type.endsWith('_level');
    const names = operatorNames.filter((name) => operatorNamed(name).on !== (onLevel ? 'field' : 'level'));
    expect(operatorsOf(ofType).sort()).toEqual([...names].sort());
    expect(valueTold(ofType, 'is_empty')).toEqual({ value: undefined, isRequired: false });
    const text = { type: 'string', minLength: 1, maxLength: 1_000 };
    if (onLevel) expect(valueTold(ofType, 'in')).toMatchObject({ value: { items: text }, isRequired: true });
    else expect(valueTold(ofType, 'greater_than')).toEqual({ value: { type: 'number' }, isRequired: true });
  }
  const ofEvents = rulesTold('Rule').find(({ properties }) => properties.type?.const === 'event_metadata')!;
  const further = ofEvents.properties.and!.items!.oneOf;
  expect(valueTold(further, 'in_last_days')).toMatchObject({ value: { type: 'integer', maximum: 3_650 } });
});

test('tells that rules have ids in answers, and need none when they are sent', () => {
  expect(rulesTold('Rule').filter(({ required }) => required.includes('id'))).toEqual([]);
  expect(rulesTold('StoredRule').filter(({ required }) => !required.includes('id'))).toEqual([]);
  expect(referencesIn(contract.components.schemas.StoredRule)).toEqual(['#/components/schemas/StoredRule']);
  const { get, put } = contract.paths['/segments/{segmentId}/rules/{ruleId}']!;
  expect(referencesIn(get!.responses['200'])).toEqual(['#/components/schemas/StoredRule']);
  expect(referencesIn(put!.requestBody)).toEqual(['#/components/schemas/Rule']);
});

test('names operations as a person would, and tells of headers', () => {
  const restore = contract.paths['/segments/{segmentId}/revisions/{revision}/restore']!.post!;
  expect(restore.operationId).toBe('restoreRevision');
  const sent = (restore.parameters ?? []).filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  expect(sent).toEqual(['Idempotency-Key', 'If-Match']);
  const headersOf = (operation: Operation | undefined, status: number) =>
    Object.keys(operation?.responses[String(status)]?.headers ?? {});
  expect(headersOf(restore, 200)).toEqual(['x-request-id', 'api-version', 'ETag', 'Idempotent-Replayed']);
  expect(headersOf(contract.paths['/segments']!.post, 201)).toEqual(expect.arrayContaining(['ETag', 'Location']));
  expect(headersOf(contract.paths['/segments']!.post, 409)).toContain('Retry-After');
  expect(headersOf(contract.paths['/segments/{segmentId}/export']!.get, 202)).toContain('Location');
});

/** What a component tells of its properties. */
const propertiesOf = (name: string) => {
  const { properties, required } = contract.components.schemas[name] as {
    properties: Record<string, { properties?: Record<string, object> }>;
    required: string[];
  };
  return { properties, required };
};

test('tells all that is answered: of a segment who saved it last and how its recalculation went', () => {
  const { properties, required } = propertiesOf('Segment');
  expect(properties).toHaveProperty('updatedBy');
  expect(required).not.toContain('updatedBy');
  const told = Object.keys(properties.recalculation?.properties ?? {});
  expect(told).toEqual(expect.arrayContaining(['entering', 'leaving', 'failed', 'failures', 'attempt', 'retryAt']));
});

test('tells all that is answered: of a revision who saved it when, and where it came from', () => {
  const answer =
    contract.paths['/segments/{segmentId}/revisions']!.get!.responses['200']!.content!['application/json']!;
  const page = contract.components.schemas[referencesIn(answer)[0]!.split('/').at(-1)!];
  expect(referencesIn(page)).toContain('#/components/schemas/Revision');
  expect(contract.components.schemas.Revision).toMatchObject({
    properties: { savedAt: {}, author: {}, copiedFrom: {}, restored: {} },
    required: expect.arrayContaining(['savedAt']),
  });
});

test('leaves room for more in answers, none in what is sent', () => {
  const strict = Object.entries(contract.components.schemas).filter(([, schema]) =>
    JSON.stringify(schema).includes('"additionalProperties":false'),
  );
  expect(strict.map(([name]) => name).filter((name) => name !== 'Rule' && !name.endsWith('Body'))).toEqual([]);
  expect(strict.length).toBeGreaterThan(5);
});

test('tells of a refusal which problems there can be', () => {
  const { responses } = contract.paths['/segments/{segmentId}/copy']!.post!;
  expect(responses['409']?.description).toBe('A problem: name_taken, request_in_progress');
});
