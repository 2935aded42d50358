import fc from 'fast-check';
import { noBody, type Route } from '../../shared/http/route.ts';
import { keyOf, routes } from '../../shared/http/routes.ts';
import { hostileText } from '../lead/hostile-messages.ts';
import { hostileValue, jsonOf, mutate, mutation } from './hostile-values.ts';
import { arbitraryOf } from './schema-arbitrary.ts';

/** A request with places for ids: `@scratch` and `@rule` may be changed, `@kept` is only read. */
export interface HostileRequest {
  readonly routeKey: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Latin-1: each character is a byte. */
  readonly body: string | undefined;
}

const rules = [
  { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' },
  { id: 'rul_2', type: 'account_metadata', field: '__proto__', operator: 'in', value: ['x', 2, true] },
  { type: 'engagement_level', operator: 'at_least', value: 'Hot' },
  { type: 'lead_metadata', field: 'constructor', operator: 'between', value: [-1, 1e300] },
  { type: 'lead_metadata', field: 'since', operator: 'before', value: '9999-12-31T23:59:59.999Z' },
  {
    type: 'event_metadata',
    eventType: '__proto__',
    field: 'toString',
    operator: 'contains',
    value: 'a',
    and: [{ field: 'prototype', operator: 'is_empty' }],
    times: { atLeast: 2, atMost: 100 },
    withinDays: 3_650,
  },
  { type: 'segment', segmentId: '@kept', operator: 'not_in' },
  { type: 'group', match: 'none', rules: [{ type: 'event_metadata', eventType: 'Page View', operator: 'exists' }] },
];

const occurredAt = '2026-05-01T08:00:00Z';

/** Bodies that routes accept. */
const examples: Readonly<Record<string, readonly unknown[]>> = {
  'POST /segments': [{ name: 'Made', description: 'd', active: true, match: 'any', rules }, { name: '__proto__' }],
  'PATCH /segments/{segmentId}': [{ description: 'x' }, { active: true }, { active: false, match: 'any' }, {}],
  'POST /segments/{segmentId}/copy': [{}, { name: 'A copy' }],
  'PUT /segments/{segmentId}/rules': [{ rules }, { match: 'any', rules: [] }],
  'POST /segments/{segmentId}/rules': rules,
  'PUT /segments/{segmentId}/rules/{ruleId}': rules,
  'POST /preview': [{ rules, sampleSize: 100 }, ...rules.map((rule) => ({ rules: [rule], segmentId: '@kept' }))],
  'POST /leads/search': [{ rules, match: 'any' }, ...rules.map((rule) => ({ rules: [rule], limit: 1 }))],
  'POST /segments/{segmentId}/members': [
    { leadIds: ['lead-1', '__proto__', 'nobody'], action: 'pin', reason: 'why' },
    { leadIds: ['lead-1', 'lead-1'], action: 'lift' },
  ],
  'POST /memberships/lookup': [
    { leadIds: ['lead-1', '__proto__', 'nobody'] },
    { leadIds: ['lead-2', 'lead-2'], segmentIds: ['@kept', '@kept'] },
  ],
  'POST /changes': [
    {
      changes: [
        { kind: 'profile_change', leadId: 'lead-1', occurredAt, accountId: '__proto__', attributes: { country: 'DE' } },
        { kind: 'level_change', leadId: '__proto__', occurredAt, changeId: 'c-1', engagementLevel: null },
        { kind: 'lead_event', leadId: 'lead-1', occurredAt, eventId: 'e-1', eventType: 'x', metadata: { a: [1] } },
        { kind: 'account_change', accountId: '__proto__', occurredAt, accountLevel: 'Target' },
      ],
    },
  ],
  'PUT /vocabulary/levels/{kind}': [{ levels: ['Cold', 'Hot', '__proto__'] }],
};

const base64 = (text: string) => btoa(unescape(encodeURIComponent(text)));
/** Cursors of every list, some of them of no place, some of none. */
const cursor = fc.oneof(
  fc
    .constantFrom<unknown>(
      'seg_01JT8Q5M3V6W0N9X2Z4A7B8C1D',
      3,
      { shard: 4, after: 'lead-1' },
      { shard: 31 },
      { from: 3 },
      { before: '2026-05-04T09:30:02.118Z#seg_1#1' },
      { before: 'x' },
      { at: '2026-05-04T09:30:02.118Z', leadId: 'lead-1', sequence: 1 },
      { at: '2026-05-04T09:30:02.118Z', leadId: '\ud800', sequence: 1 },
    )
    .map((position) => base64(JSON.stringify(position))),
  hostileValue.map((value) => base64(jsonOf(value))),
  hostileText.map((after) => base64(JSON.stringify({ shard: 1, after }))),
  hostileText.map((before) => base64(JSON.stringify({ before }))),
  hostileText.map((id) => base64(JSON.stringify(id))),
  fc.constantFrom('eyJzaGFyZCI6NCwiYWZ0ZXIi', '%', 'e30', 'bnVsbA', ''),
);

/** As a URL can carry it. */
const wellFormed = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text));
const wellFormedText = hostileText.map((text) => wellFormed(text).slice(0, 2_000));
const encoded = (text: string) => encodeURIComponent(wellFormed(text).slice(0, 1_500));
/** Parts of a path that name nothing, or should not. */
const pathPart = fc.oneof(
  wellFormedText.map(encoded),
  fc.constantFrom('%2F', '..', '%2e%2e', '%00', '%ED%A0%80', '%', '%zz', '%C3', 'a%2Fb', '+', '%20', 'x;y=1', '@rule'),
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'x'.repeat(129), 'y'.repeat(4_000)),
);

const places: Readonly<Record<string, fc.Arbitrary<string>>> = {
  segmentId: fc.constantFrom('@scratch'),
  ruleId: fc.constantFrom('@rule', 'rul_2', 'rul_none'),
  revision: fc.constantFrom('1', '2', '0', '-1', '1e3', '999999999999', '9999999999999', 'NaN', '01'),
  leadId: fc.constantFrom('lead-1', 'lead-2', '__proto__', 'constructor', 'nobody'),
  kind: fc.constantFrom('engagement', 'profile', 'account'),
  previewId: fc.constantFrom('prv_01JT8QBB0M5R3T7V1X9Z2C4E6G'),
  exportId: fc.constantFrom('exp_01JT8QB2C4D6E8F0G1H3J5K7M9'),
};

const limit = fc.constantFrom('0', '-1', '1000000000', 'NaN', '1', '2', '500', '501', '1e2', '0x10', '', '1,1', '١');
const parameterNames = routes.flatMap(({ query }) => Object.keys(query.shape));
const parameter: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('limit', 'days'), limit) },
  { weight: 3, arbitrary: cursor.map((value) => ['cursor', value] as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ['notify', 'false'],
      ['notify', ''],
      ['source', 'excluded'],
      ['order', 'since'],
      ['since', '2026-05-01T08:00:00+02:00'],
      ['until', '9999-12-31T23:59:59-23:59'],
      ['prefix', 'lead-'],
      ['source', '__proto__'],
      ['with', '@kept'],
      ['with', '__proto__'],
      ['fields', 'country,country,__proto__'],
      ['fields', ''],
      ['exclude', 'true'],
      ['exclude', 'yes'],
      ['reason', ''],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...parameterNames, '__proto__', 'constructor'), wellFormedText),
  },
);
/** Mostly parameters that the route knows, each once; others are refused. */
const queryFor = (known: readonly string[]) =>
  fc
    .tuple(fc.array(parameter, { maxLength: 3 }), fc.nat(9))
    .map(([pairs, chance]) => (chance === 0 ? pairs : [...new Map(pairs)].filter(([name]) => known.includes(name))))
    .map((pairs) => pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&'))
    .map((text) => (text === '' ? '' : `?${text}`));

const headerText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('"1"', '*', 'W/"2"', '""', '"', ',,,', '"1', '__proto__', 'x'.repeat(255), 'x'.repeat(256), '\u00fc'),
);
const headers = fc.record(
  {
    'if-match': headerText,
    'idempotency-key': headerText,
    'content-type': fc.constantFrom(
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/json; charset=utf-16',
      'x',
      '',
    ),
    'content-encoding': fc.constant('gzip'),
    'x-http-method-override': fc.constant('DELETE'),
  },
  { requiredKeys: [] },
);

/** A body as text: one that the route takes, in part mutated, in part with other bytes. */
function bodyFor(route: Route): fc.Arbitrary<string | undefined> {
  const { body } = route;
  const start =
    body !== noBody
      ? fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...(examples[keyOf(route)] ?? [{}])) },
          { weight: 2, arbitrary: arbitraryOf(body) },
          { weight: 1, arbitrary: hostileValue },
        )
      : fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: hostileValue });
  const cut = fc.tuple(fc.nat(), fc.constantFrom('', '"', '}', '\\', '\u0000', '\u00ff', '\u00ed\u00a0\u0080', '0'));
  return fc
    .tuple(
      start,
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 5, arbitrary: fc.array(mutation, { maxLength: 3 }) },
      ),
      fc.option(cut, { freq: 12 }),
    )
    .map(([value, mutations, change]) => {
      if (value === undefined) return undefined;
      const json = jsonOf(mutations.reduce(mutate, value));
      const bytes = Buffer.from(json).toString('latin1');
      if (!change) return bytes;
      const at = change[0] % (bytes.length + 1);
      return bytes.slice(0, at) + change[1] + bytes.slice(at + 1);
    });
}

function requestOf(route: Route): fc.Arbitrary<HostileRequest> {
  const { method, path } = route;
  const routeKey = keyOf(route);
  const known = Object.keys(route.query.shape);
  const isRead = route.who === 'readers';
  const parts = path.split('/').map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) return fc.constant(part);
    const usual = name === 'segmentId' && isRead ? fc.constantFrom('@kept', '@scratch') : (places[name] ?? pathPart);
    return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: pathPart });
  });
  const taken = fc
    .tuple(headers, fc.integer({ min: 0, max: 9 }))
    // Nearly every route would refuse nearly every request for it.
    .map(([{ 'if-match': ifMatch, ...rest }, chance]) =>
      ifMatch !== undefined && (route.takesIfMatch || chance === 0) ? { ...rest, 'if-match': ifMatch } : rest,
    );
  return fc
    .record({ parts: fc.tuple(...parts), query: queryFor(known), headers: taken, body: bodyFor(route) })
    .map(({ parts, query, headers, body }) => ({
      ...{ routeKey, method, path: parts.join('/') + query, headers, body },
    }));
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PURGE'];
/** Requests of no route at all. */
const strayRequest: fc.Arbitrary<HostileRequest> = fc.record({
  routeKey: fc.constant('none'),
  method: fc.constantFrom(...methods),
  path: fc
    .tuple(
      fc.array(fc.oneof(pathPart, fc.constantFrom('segments', 'rules', 'leads', '')), { maxLength: 6 }),
      queryFor([]),
    )
    .map(([parts, text]) => `/stray/${parts.join('/')}${text}`),
  headers,
  body: fc.constantFrom(undefined, '{}', 'x'),
});

/** Requests of every route, most of them wrong in some way. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  ...routes.map((route) => requestOf(route)),
  strayRequest,
);
