import { describe, expect, test } from 'vitest';
import { type ErrorCode, errorCodes } from '../../shared/problem/error-codes.ts';
import type { Answer } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const api = () => room.client;

const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const inSegment = (segmentId: string) => ({ type: 'segment', segmentId, operator: 'in' });
const nested = (depth: number): object =>
  depth === 0 ? isHot : { type: 'group', match: 'all', rules: [nested(depth - 1)] };

let serial = 0;
/** A name that no other test uses. */
const freshName = () => `Segment ${++serial}`;
const create = (content: object = {}) => api().create({ name: freshName(), ...content });

interface Told {
  readonly path: string;
  readonly code: ErrorCode;
  readonly segmentPath?: string;
  readonly segmentIds?: readonly string[];
}

/** Asserts a refusal, with its errors but for their words. */
function expectRefused({ status, body }: Answer, expectedStatus: number, code: string, ...errors: Told[]): void {
  const told = (body.errors ?? []).map(({ message, ...error }: { message: string }) => {
    expect(message).toMatch(/./);
    return error;
  });
  expect({ status, code: body.code, errors: told }).toEqual({ status: expectedStatus, code, errors });
}

describe('a mistake in the body is told by its path there', () => {
  test('a reference to no segment, to itself and around in a circle', async () => {
    const a = await create();
    const b = await create({ rules: [inSegment(a.id)] });
    const c = await create({ rules: [inSegment(b.id)] });
    const save = (segmentId: string) => api().put(`/segments/${a.id}/rules`, { rules: [isHot, inSegment(segmentId)] });
    const path = '/rules/1/segmentId';
    expectRefused(await save('seg_x'), 422, 'invalid', { path, code: 'not_found', segmentIds: ['seg_x'] });
    expectRefused(await save(a.id), 422, 'invalid', { path, code: 'self_reference', segmentIds: [a.id] });
    expectRefused(await save(c.id), 422, 'invalid', { path, code: 'cycle', segmentIds: [a.id, c.id, b.id] });
    const searched = await api().post('/leads/search', { rules: [inSegment('seg_x')] });
    const error = { path: '/rules/0/segmentId', code: 'not_found' as const, segmentIds: ['seg_x'] };
    expectRefused(searched, 422, 'invalid', error);
  });

  test('an active segment that would refer to an inactive one', async () => {
    const base = await create();
    const answer = await api().post('/segments', { name: freshName(), active: true, rules: [inSegment(base.id)] });
    const error = { path: '/rules/0/segmentId', code: 'segment_inactive' as const, segmentIds: [base.id] };
    expectRefused(answer, 409, 'referred_segment_inactive', error);
  });

  test('a name that is taken', async () => {
    const taken = await create();
    const other = await create();
    const error = { path: '/name', code: 'name_taken' as const, segmentIds: [taken.id] };
    for (const answer of [
      await api().post('/segments', { name: taken.name }),
      await api().patch(`/segments/${other.id}`, { name: taken.name }),
      await api().post(`/segments/${other.id}/copy`, { name: taken.name }),
    ]) {
      expectRefused(answer, 409, 'name_taken', error);
    }
  });

  test('each group that is nested too deep', async () => {
    const rules = [nested(6), isHot, { type: 'group', match: 'any', rules: [isHot, nested(7)] }];
    const answer = await api().post('/segments', { name: freshName(), rules });
    expectRefused(
      answer,
      422,
      'invalid',
      { path: `/rules/0${'/rules/0'.repeat(5)}`, code: 'too_deep' },
      { path: `/rules/2/rules/1${'/rules/0'.repeat(4)}`, code: 'too_deep' },
    );
  });

  test('who keeps a segment from being deactivated', async () => {
    const base = await create({ active: true });
    const referrers = [
      await create({ active: true, rules: [inSegment(base.id)] }),
      await create({ active: true, rules: [inSegment(base.id)] }),
    ];
    const segmentIds = referrers.map(({ id }) => id);
    const told = { code: 'segment_referred_to' as const, segmentIds };
    const deactivated = await api().patch(`/segments/${base.id}`, { active: false });
    expectRefused(deactivated, 409, 'segment_referred_to', { path: '/active', ...told });
    expectRefused(await api().delete(`/segments/${base.id}`), 409, 'segment_referred_to', { path: '', ...told });
  });
});

describe('a mistake that is in the segment and not in the body is told by its path there', () => {
  test('activating, and changing the match', async () => {
    const base = await create();
    const { id } = await create({ rules: [isHot, inSegment(base.id)] });
    const stored = { path: '', segmentPath: '/rules/1/segmentId', segmentIds: [base.id] };
    const activated = await api().patch(`/segments/${id}`, { active: true });
    expectRefused(activated, 409, 'referred_segment_inactive', { ...stored, code: 'segment_inactive' });
    await api().delete(`/segments/${base.id}`);
    for (const change of [{ active: true }, { match: 'any' }]) {
      const answer = await api().patch(`/segments/${id}`, change);
      expectRefused(answer, 422, 'invalid', { ...stored, code: 'not_found' });
      expect(answer.body.detail).toMatch(/^\/rules\/1\/segmentId of the segment: /);
    }
  });

  test('restoring a revision', async () => {
    const base = await create();
    const { id, name } = await create({ rules: [inSegment(base.id)] });
    await api().put(`/segments/${id}/rules`, { rules: [] });
    await api().patch(`/segments/${id}`, { name: freshName() });
    const restore = () => api().post(`/segments/${id}/revisions/1/restore`);
    await api().delete(`/segments/${base.id}`);
    const gone = { path: '', code: 'not_found' as const, segmentPath: '/rules/0/segmentId', segmentIds: [base.id] };
    expectRefused(await restore(), 422, 'invalid', gone);
    const other = await create({ name });
    const taken = { path: '', code: 'name_taken' as const, segmentPath: '/name', segmentIds: [other.id] };
    expectRefused(await restore(), 409, 'name_taken', taken);
  });

  test('copying', async () => {
    const base = await create();
    const { id } = await create({ rules: [inSegment(base.id)] });
    await api().delete(`/segments/${base.id}`);
    const gone = { path: '', code: 'not_found' as const, segmentPath: '/rules/0/segmentId', segmentIds: [base.id] };
    for (const body of [undefined, { name: freshName() }]) {
      expectRefused(await api().post(`/segments/${id}/copy`, body), 422, 'invalid', gone);
    }
  });

  test('adding, replacing and removing one rule: its own mistakes are in the body, those of others are not', async () => {
    const base = await create();
    const group = { type: 'group', match: 'any', rules: [isHot, isHot] };
    const { id, rules } = await create({ rules: [inSegment(base.id), group] });
    const inner = `/segments/${id}/rules/${rules[1].rules[1].id}`;
    const own = { code: 'not_found' as const, segmentIds: ['seg_x'] };
    const alone = await create({ rules: [group] });
    const ofAlone = `/segments/${alone.id}/rules/${alone.rules[0].rules[0].id}`;
    expectRefused(await api().put(ofAlone, inSegment('seg_x')), 422, 'invalid', { path: '/segmentId', ...own });
    const added = await api().post(`/segments/${alone.id}/rules`, { ...group, rules: [isHot, inSegment('seg_x')] });
    expectRefused(added, 422, 'invalid', { path: '/rules/1/segmentId', ...own });
    const deep = await api().put(ofAlone, nested(5));
    expectRefused(deep, 422, 'invalid', { path: '/rules/0'.repeat(4), code: 'too_deep' });

    await api().delete(`/segments/${base.id}`);
    const others = { path: '', segmentPath: '/rules/0/segmentId', code: 'not_found' as const, segmentIds: [base.id] };
    expectRefused(await api().post(`/segments/${id}/rules`, isHot), 422, 'invalid', others);
    expectRefused(await api().put(inner, { ...isHot, value: 'Cold' }), 422, 'invalid', others);
    expectRefused(await api().delete(inner), 422, 'invalid', others);
  });

  test('one rule too many, and an id that is there already', async () => {
    const { id } = await create({ rules: Array(250).fill(isHot) });
    const added = await api().post(`/segments/${id}/rules`, isHot);
    expectRefused(added, 422, 'invalid', { path: '', code: 'too_many', segmentPath: '/rules' });
    const { id: other, rules } = await create({ rules: [isHot] });
    const again = await api().post(`/segments/${other}/rules`, { ...isHot, id: rules[0].id });
    expectRefused(again, 422, 'invalid', { path: '/id', code: 'repeated' });
  });
});

test('what is no mistake of schemas has its code too', async () => {
  const { id } = await create({ rules: [isHot] });
  const list = '[1'.padEnd(40_000, ',1');
  const answers = [
    await api().get('/leads?limt=5'),
    await api().get('/leads?limit=5&limit=6'),
    await api().get('/leads?limit=0'),
    await api().get('/leads?limit=x'),
    await api().get('/leads?cursor=x'),
    await api().get(`/segments/${id}/overlap?with=${id}`),
    await api().get(`/segments/${id}/export?fields=unheard`),
    await api().request('POST', '/preview', { text: `{"rules":${list}]}` }),
    await api().put(`/segments/${id}/rules/${(await api().segment(id)).rules[0].id}`, { ...isHot, id: 'rul_x' }),
    await api().put('/vocabulary/levels/profile', { levels: ['Low', 'low'] }),
  ];
  const codes = answers.map(({ body }) => body.errors[0].code);
  expect(codes).toEqual([
    ...['unknown_parameter', 'repeated', 'too_small', 'invalid_format', 'invalid_format', 'self_reference'],
    ...['not_found', 'too_many', 'not_allowed', 'repeated'],
  ]);
  for (const code of codes) expect(errorCodes).toHaveProperty(code);
});
