import { expect, test } from 'vitest';
import type { Answer, Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;
const occurredAt = new Date(Date.now() - 60_000).toISOString();
const smile = (count: number) => '😀'.repeat(count);
const errorsOf = ({ body }: Pick<Answer, 'body'>): [string, string][] =>
  body.errors.map(({ path, code }: Json) => [path, code]);
const equals = (field: string, value: unknown) => ({ type: 'lead_metadata', field, operator: 'equals', value });
const did = (eventType: string) => ({ type: 'event_metadata', eventType, operator: 'exists' });

test('limits count characters: as many as there may be, of two UTF-16 units each', async () => {
  const content = {
    name: smile(200),
    description: smile(2_000),
    tags: [smile(50)],
    metadata: { key: smile(500) },
    rules: [equals(smile(1_000), smile(1_000)), did(smile(100))],
  };
  const { status, body } = await api().post('/segments', content);
  expect({ status, ...body }).toMatchObject({ status: 201, ...content });
  const copy = await api().post(`/segments/${body.id}/copy`);
  expect(copy.body.name).toBe(`${smile(193)} (copy)`);

  const one = (text: string) => `${text}x`;
  const tooLong = {
    name: one(content.name),
    description: one(content.description),
    tags: content.tags.map(one),
    metadata: { key: one(content.metadata.key) },
    rules: [equals(one(smile(1_000)), 'x'), did(one(smile(100))), equals('x', one(smile(1_000)))],
  };
  const paths = ['/name', '/description', '/tags/0', '/metadata/key'];
  const inRules = ['/rules/0/field', '/rules/1/eventType', '/rules/2/value'];
  const refused = errorsOf(await api().post('/segments', tooLong));
  expect(refused.sort()).toEqual([...paths, ...inRules].map((path) => [path, 'too_long']).sort());
});

test('nothing but spaces is no name, and no reason', async () => {
  const { id } = await api().create({ name: 'Active', active: true });
  const blank = {
    name: ' ',
    tags: ['\u3000'],
    rules: [equals('\t', 'x'), did(' '), { ...did('x'), field: '\u00a0' }],
  };
  const paths = ['/name', '/tags/0', '/rules/0/field', '/rules/1/eventType', '/rules/2/field'];
  expect(errorsOf(await api().post('/segments', blank)).sort()).toEqual(paths.map((path) => [path, 'empty']).sort());
  const members = await api().post(`/segments/${id}/members`, { leadIds: ['x'], reason: '  ' });
  expect(errorsOf(members)).toEqual([['/reason', 'empty']]);
  const removed = await api().delete(`/segments/${id}/members/x?reason=%20`);
  expect(errorsOf(removed)).toEqual([['/reason', 'empty']]);
  const event = { kind: 'lead_event', leadId: 'l', eventId: 'e', eventType: ' ', occurredAt };
  const profile = { kind: 'profile_change', leadId: 'l', occurredAt, attributes: { ' ': 'x' } };
  expect(errorsOf(await api().post('/changes', { changes: [event, profile] }))).toEqual([
    ['/changes/0/eventType', 'empty'],
    ['/changes/1/attributes/ ', 'empty'],
  ]);
});

test('the fields of an export may have commas and quotation marks in their names', async () => {
  const attributes = { 'city, state': 'x', 'the "best"': 'x', '"': 'x', country: 'DE' };
  await room.change('profileChanges', { leadId: 'lead-1', occurredAt, attributes });
  const { id } = await api().create({ name: 'Exported', active: true });
  const exported = (fields: string) => api().get(`/segments/${id}/export?fields=${encodeURIComponent(fields)}`);
  const { body } = await exported('"city, state",country,the "best",""""');
  expect(body).toMatch(/,accountLevel,"city, state",country,"the ""best""",""""\r\n$/);
  expect(errorsOf(await exported('city, state'))).toEqual([
    ['/fields', 'not_found'],
    ['/fields', 'not_found'],
  ]);
  expect(errorsOf(await exported('"city, state'))).toEqual([['/fields', 'invalid_format']]);
});
