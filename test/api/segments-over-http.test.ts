import { describe, expect, test, vi } from 'vitest';
import { routes } from '../../shared/http/routes.ts';
import { segmentTemplates } from '../../shared/segment/template.ts';
import type { Answer, Json } from '../api-client.ts';
import { useApiRoom } from './api-room.ts';

const room = useApiRoom();
const noted = vi.spyOn(console, 'error');
const api = () => room.client;

const isHot = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };
const hasVisited = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };

let serial = 0;
/** A name that no other test uses. */
const freshName = (about = 'Segment') => `${about} ${++serial}`;
const create = (content: object = {}) => api().create({ name: freshName(), ...content });

/** Asserts a problem, and answers the paths of its errors. */
function expectProblem(answer: Answer, status: number, code: string): string[] {
  expect({ ...answer, contentType: answer.contentType }).toMatchObject({
    status,
    contentType: 'application/problem+json',
    body: { type: 'about:blank', status, code, title: expect.any(String), detail: expect.any(String) },
  });
  return (answer.body.errors ?? []).map(({ path }: Json) => path);
}
const expectInvalid = (answer: Answer, ...paths: string[]) =>
  expect(expectProblem(answer, 422, 'invalid').sort()).toEqual([...paths].sort());

describe('creating a segment', () => {
  test('answers 201 with everything a segment has, its place and its ETag', async () => {
    const name = freshName('Hot Germans');
    const sent = { name, description: 'Both', active: true, match: 'any', rules: [isHot, isGerman] };
    const answer = await api().post('/segments', sent);
    expect(answer).toMatchObject({ status: 201, etag: '"1"', location: `/segments/${answer.body.id}` });
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^seg_[0-9A-Z]+$/),
      name,
      description: 'Both',
      active: true,
      match: 'any',
      revision: 1,
      memberCount: 0,
      share: 0,
      size: 'none',
      recalculation: { state: expect.stringMatching(/^(queued|running|done)$/), startedAt: expect.any(String) },
    });
    expect(answer.body.rules).toEqual([
      { id: expect.stringMatching(/^rul_/), ...isHot },
      { id: expect.stringMatching(/^rul_/), ...isGerman },
    ]);
    for (const moment of ['createdAt', 'updatedAt', 'freshAsOf']) {
      expect(new Date(answer.body[moment]).toISOString()).toBe(answer.body[moment]);
    }
    expect(await api().segment(answer.body.id)).toMatchObject({ id: answer.body.id, rules: answer.body.rules });
  });

  test('needs no more than a name: inactive, matching all of no rules', async () => {
    const { body } = await api().post('/segments', { name: freshName() });
    expect(body).toMatchObject({ description: '', active: false, match: 'all', rules: [], memberCount: 0 });
    expect(body).not.toHaveProperty('recalculation');
  });

  test('keeps nothing of how segments are stored in its answer', async () => {
    const shown = await create({ active: true, rules: [hasVisited] });
    for (const inner of ['pk', 'sk', 'savedInCatalog', 'savedAt', 'silent', 'conditions']) {
      expect(shown).not.toHaveProperty(inner);
    }
  });

  test('keeps rule ids that are given, and gives the others', async () => {
    const inner = { type: 'group', match: 'none', rules: [{ id: 'rul_inner', ...isHot }, isGerman] };
    const { rules } = await create({ rules: [inner, { id: 'rul_mine', ...hasVisited }] });
    expect(rules[0].id).toMatch(/^rul_/);
    expect(rules[0].rules[0].id).toBe('rul_inner');
    expect(rules[0].rules[1].id).toMatch(/^rul_/);
    expect(rules[1].id).toBe('rul_mine');
  });

  test.each<[string, object, string[]]>([
    ['no name', {}, ['/name']],
    ['an empty name', { name: ' ' }, ['/name']],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, ['/name']],
    ['a name that is no text', { name: 7 }, ['/name']],
    ['a description that is too long', { description: 'x'.repeat(2001) }, ['/description']],
    ['a match that does not exist', { match: 'none' }, ['/match']],
    ['active as text', { active: 'true' }, ['/active']],
    ['rules that are no list', { rules: { 0: isHot } }, ['/rules']],
    ['an unknown key', { rulez: [] }, ['/rulez']],
    ['several unknown keys, some to be escaped', { 'a/b': 1, 'c~d': 2 }, ['/a~1b', '/c~0d']],
    ['a revision of its own', { revision: 3 }, ['/revision']],
    ['an unknown rule type', { rules: [isHot, { ...isHot, type: 'mood' }] }, ['/rules/1/type']],
    ['an unknown operator', { rules: [{ ...isHot, operator: 'is' }] }, ['/rules/0/operator']],
    ['an unknown key of a rule', { rules: [{ ...isHot, field: 'x' }] }, ['/rules/0/field']],
    ['an operator that levels do not take', { rules: [{ ...isHot, operator: 'contains' }] }, ['/rules/0/operator']],
    ['an operator only levels take', { rules: [{ ...isGerman, operator: 'at_least' }] }, ['/rules/0/operator']],
    ['a missing value', { rules: [{ ...isHot, value: undefined }] }, ['/rules/0/value']],
    ['an empty value', { rules: [{ ...isHot, value: '  ' }] }, ['/rules/0/value']],
    ['an empty list', { rules: [{ ...isHot, operator: 'in', value: [] }] }, ['/rules/0/value']],
    ['an empty list element', { rules: [{ ...isHot, operator: 'in', value: ['a', ''] }] }, ['/rules/0/value/1']],
    ['a value where none belongs', { rules: [{ ...isHot, operator: 'is_empty' }] }, ['/rules/0/value']],
    ['an empty group', { rules: [{ type: 'group', match: 'all', rules: [] }] }, ['/rules/0/rules']],
    [
      'a wrong rule deep inside',
      {
        rules: [
          {
            type: 'group',
            match: 'all',
            rules: [isHot, { type: 'group', match: 'any', rules: [{ ...isHot, value: 7 }] }],
          },
        ],
      },
      ['/rules/0/rules/1/rules/0/value'],
    ],
    ['a rule id of another shape', { rules: [{ id: 'mine', ...isHot }] }, ['/rules/0/id']],
    [
      'a rule id used twice',
      {
        rules: [
          { id: 'rul_a', ...isHot },
          { id: 'rul_a', ...isGerman },
        ],
      },
      ['/rules/1/id'],
    ],
    ['an event type with #', { rules: [{ ...hasVisited, eventType: 'a#b' }] }, ['/rules/0/eventType']],
    [
      'an event operator without a field',
      { rules: [{ ...hasVisited, operator: 'equals', value: 1 }] },
      ['/rules/0/operator'],
    ],
    ['times that say nothing', { rules: [{ ...hasVisited, times: { atLeast: 0 } }] }, ['/rules/0/times']],
    ['times the wrong way round', { rules: [{ ...hasVisited, times: { atLeast: 3, atMost: 2 } }] }, ['/rules/0/times']],
    ['times beyond 100', { rules: [{ ...hasVisited, times: { atLeast: 101 } }] }, ['/rules/0/times/atLeast']],
    ['a window beyond 3650 days', { rules: [{ ...hasVisited, withinDays: 3651 }] }, ['/rules/0/withinDays']],
    [
      'an unknown key of a further condition',
      { rules: [{ ...hasVisited, and: [{ field: 'a', operator: 'exists', x: 1 }] }] },
      ['/rules/0/and/0/x'],
    ],
    [
      'a range the wrong way round',
      { rules: [{ ...isGerman, operator: 'between', value: [2, 1] }] },
      ['/rules/0/value'],
    ],
    [
      'a day that does not exist',
      { rules: [{ ...isGerman, operator: 'before', value: '2025-02-30' }] },
      ['/rules/0/value'],
    ],
    ['half a day', { rules: [{ ...isGerman, operator: 'in_last_days', value: 1.5 }] }, ['/rules/0/value']],
    ['text of 1001 characters', { rules: [{ ...isGerman, value: 'x'.repeat(1001) }] }, ['/rules/0/value']],
    ['1001 values', { rules: [{ ...isGerman, operator: 'in', value: Array(1001).fill('x') }] }, ['/rules/0/value']],
    ['251 rules', { rules: Array(251).fill(isHot) }, ['/rules']],
    ['200 KB of rules', { rules: Array(240).fill({ ...isGerman, value: 'x'.repeat(900) }) }, ['/rules']],
  ])('refuses %s, saying where', async (_, content, paths) => {
    expectInvalid(
      await api().post('/segments', { ...(_ === 'no name' ? {} : { name: freshName() }), ...content }),
      ...paths,
    );
  });

  test('takes groups five deep below the top, and refuses six', async () => {
    const nested = (depth: number): object =>
      depth === 0 ? isHot : { type: 'group', match: 'all', rules: [nested(depth - 1)] };
    expect((await api().post('/segments', { name: freshName(), rules: [nested(5)] })).status).toBe(201);
    const tooDeep = await api().post('/segments', { name: freshName(), rules: [nested(6)] });
    expectInvalid(tooDeep, `/rules/0${'/rules/0'.repeat(5)}`);
  });

  test('takes 250 rules and the longest names', async () => {
    const name = `${++serial}`.padEnd(200, 'ü');
    const rules = Array.from({ length: 250 }, (_, index) => ({ ...isGerman, field: `field ${index}` }));
    const { status, body } = await api().post('/segments', { name, rules });
    expect({ status, rules: body.rules.length }).toEqual({ status: 201, rules: 250 });
  });

  test('refuses a name that is taken, however it is written', async () => {
    const taken = await api().create({ name: `Größe ${++serial}  ` });
    const answer = await api().post('/segments', { name: ` GRÖSSE ${serial}`.replace('SS', 'ß') });
    expectProblem(answer, 409, 'name_taken');
    expect(answer.body.detail).toContain(taken.id);
  });

  test('has no trouble with names that every JavaScript object has', async () => {
    const rules = ['__proto__', 'constructor', 'toString'].map((field) => ({ ...isGerman, field }));
    const { id } = await create({ name: '__proto__', rules });
    const stored = await api().segment(id);
    expect(stored.name).toBe('__proto__');
    expect(stored.rules.map(({ field }: Json) => field)).toEqual(['__proto__', 'constructor', 'toString']);
    const text = `{"name": "${freshName()}", "__proto__": {"active": true}}`;
    expectInvalid(await api().request('POST', '/segments', { text }), '/__proto__');
    const inRule = `{"name": "${freshName()}", "rules": [{"type": "engagement_level", "operator": "is_empty", "__proto__": 1}]}`;
    expectInvalid(await api().request('POST', '/segments', { text: inRule }), '/rules/0/__proto__');
  });
});

describe('a body that cannot be read', () => {
  test.each([
    ['no body', undefined, 'body_missing'],
    ['only spaces', ' \n', 'body_missing'],
    ['half a JSON', '{"name": "x"', 'body_not_json'],
    ['no JSON at all', 'name=x', 'body_not_json'],
    ['JSON nested 50 deep', `{"rules": ${'['.repeat(50)}${']'.repeat(50)}}`, 'body_too_deep'],
    ['JSON nested 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'body_too_deep'],
  ])('is refused with 400: %s', async (_, text, code) => {
    for (const [method, path] of [
      ['POST', '/segments'],
      ['POST', '/preview'],
    ] as const) {
      expectProblem(await api().request(method, path, text === undefined ? {} : { text }), 400, code);
    }
  });

  test.each([['null'], ['[]'], ['"text"'], ['7']])('is refused with 422 where it is no object: %s', async (text) => {
    expectInvalid(await api().request('POST', '/segments', { text }), '');
  });
});

describe('reading a segment', () => {
  test('answers it with its revision as ETag', async () => {
    const { id } = await create({ rules: [isHot] });
    const answer = await api().get(`/segments/${id}`);
    expect(answer).toMatchObject({
      status: 200,
      etag: expect.stringMatching(/^"1-[\w-]{16}"$/),
      contentType: 'application/json',
      body: { id },
    });
  });

  test.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['GET', '/rules'],
    ['PUT', '/rules'],
    ['POST', '/rules'],
    ['GET', '/rules/rul_x'],
    ['PUT', '/rules/rul_x'],
    ['DELETE', '/rules/rul_x'],
    ['POST', '/recalculate'],
    ['GET', '/members'],
  ])('answers 404 for one that does not exist: %s /segments/{segmentId}%s', async (method, rest) => {
    const bodies: Record<string, object> = { 'PUT/rules': { rules: [] }, PATCH: { name: freshName() } };
    const body = bodies[method + rest] ?? isHot;
    const takesNone = method === 'GET' || method === 'DELETE' || rest === '/recalculate';
    const answer = await api().request(method, `/segments/seg_missing${rest}`, takesNone ? {} : { body });
    expectProblem(answer, 404, 'not_found');
    expect(answer.body.detail).toContain('seg_missing');
  });

  test('answers 404 for an id longer than any key', async () => {
    const long = 'x'.repeat(3000);
    expectProblem(await api().get(`/segments/${long}`), 404, 'not_found');
    expectProblem(await api().get(`/leads/${long}`), 404, 'not_found');
  });
});

describe('listing segments', () => {
  test('pages through all of them, without their rules, each exactly once', async () => {
    for (let count = 0; count < 5; count++) await create({ rules: [isHot] });
    const whole = (await api().pages('/segments', 500)).flatMap(({ segments }) => segments);
    const pages = await api().pages('/segments', 2);
    expect(pages.every(({ segments }) => segments.length <= 2)).toBe(true);
    const ids = pages.flatMap(({ segments }) => segments.map(({ id }: Json) => id));
    expect(ids).toEqual(whole.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(whole[0]).toMatchObject({ name: expect.any(String), memberCount: 0, size: 'none' });
    expect(whole[0]).not.toHaveProperty('rules');
  });

  test.each([['0'], ['501'], ['-1'], ['1.5'], ['x'], [''], ['NaN'], ['1,2']])(
    'refuses a limit of %j',
    async (limit) => {
      expectInvalid(await api().get(`/segments?limit=${limit}`), '/limit');
    },
  );

  test.each([
    ['what is not base64', '%%%'],
    ['what is not JSON', 'aGFsbG8'],
    ['another list’s cursor', btoa('{"shard":3}')],
    ['text beyond ASCII', 'ü'],
    ['nothing', ''],
  ])('refuses as a cursor: %s', async (_, cursor) => {
    expectInvalid(await api().get(`/segments?cursor=${encodeURIComponent(cursor)}`), '/cursor');
  });

  test('the members of a segment page by their own cursors, and refuse others', async () => {
    const { id } = await create({ active: true, rules: [isHot] });
    expect((await api().get(`/segments/${id}/members`)).body).toEqual({ members: [] });
    for (const position of ['"seg_x"', '{"shard":32}', '{"shard":-1}', '{}', '[]', 'null']) {
      expectInvalid(await api().get(`/segments/${id}/members?cursor=${btoa(position)}`), '/cursor');
    }
    expectInvalid(await api().get(`/segments/${id}/members?limit=0`), '/limit');
  });
});

describe('changing a segment', () => {
  test('changes what is given, leaves the rest, and counts the revision', async () => {
    const { id, rules } = await create({ description: 'Before', rules: [isHot] });
    const name = freshName('Renamed');
    const answer = await api().patch(`/segments/${id}`, { name });
    expect(answer).toMatchObject({ status: 200, etag: '"2"' });
    expect(answer.body).toMatchObject({ id, name, description: 'Before', revision: 2, rules });
    const switched = await api().patch(`/segments/${id}`, { description: '', active: true, match: 'any' });
    expect(switched.body).toMatchObject({ name, description: '', active: true, match: 'any', revision: 3, rules });
  });

  test('recalculates when it is activated, and not when it is only renamed', async () => {
    const { id } = await create({ rules: [isHot] });
    await api().patch(`/segments/${id}`, { name: freshName() });
    expect(await api().segment(id)).not.toHaveProperty('recalculation');
    await api().patch(`/segments/${id}`, { active: true });
    await room.settle();
    const { recalculation } = await api().segment(id);
    expect(recalculation).toMatchObject({ state: 'done', done: 0, of: 0, finishedAt: expect.any(String) });
    await api().patch(`/segments/${id}`, { name: freshName() });
    expect((await api().segment(id)).recalculation).toEqual(recalculation);
  });

  test('takes its own name in another case, and refuses that of another', async () => {
    const mine = await create();
    const other = await create();
    expect((await api().patch(`/segments/${mine.id}`, { name: mine.name.toUpperCase() })).status).toBe(200);
    expectProblem(await api().patch(`/segments/${mine.id}`, { name: other.name }), 409, 'name_taken');
  });

  test.each<[object, string]>([
    [{ rules: [] }, '/rules'],
    [{ name: '' }, '/name'],
    [{ active: 1 }, '/active'],
    [{ match: 'some' }, '/match'],
    [{ description: null }, '/description'],
    [{ id: 'seg_x' }, '/id'],
  ])('refuses %j', async (change, path) => {
    const { id } = await create();
    expectInvalid(await api().patch(`/segments/${id}`, change), path);
    expect((await api().segment(id)).revision).toBe(1);
  });
});

describe('If-Match', () => {
  const writes: [string, string, (id: string, ruleId: string) => [string, object?]][] = [
    ['PATCH', 'a change', (id) => [`/segments/${id}`, { description: 'x' }]],
    ['PUT', 'saving rules', (id) => [`/segments/${id}/rules`, { rules: [isHot] }]],
    ['POST', 'adding a rule', (id) => [`/segments/${id}/rules`, isHot]],
    ['PUT', 'replacing a rule', (id, ruleId) => [`/segments/${id}/rules/${ruleId}`, isGerman]],
    ['DELETE', 'removing a rule', (id, ruleId) => [`/segments/${id}/rules/${ruleId}`]],
    ['DELETE', 'deleting', (id) => [`/segments/${id}`]],
  ];
  test.each(writes)('%s: %s is refused at another revision, and done at the same', async (method, _, of) => {
    const { id, rules } = await create({ rules: [isHot, isGerman] });
    const [path, body] = of(id, rules[0].id);
    const write = (ifMatch: string) => api().request(method, path, { body, headers: { 'if-match': ifMatch } });
    expectProblem(await write('"2"'), 412, 'revision_moved');
    expect((await api().segment(id)).revision).toBe(1);
    expect((await write('"1"')).status).toBeLessThan(300);
  });

  test.each([['*'], [' * '], ['W/"1"'], ['"7", "1"'], ['1']])('%j fits revision 1', async (ifMatch) => {
    const { id } = await create();
    expect((await api().patch(`/segments/${id}`, { description: 'x' }, { 'if-match': ifMatch })).status).toBe(200);
  });

  test.each([['"01"'], ['W/"2"'], ['"x"'], ['"1" "2"']])('%j does not fit revision 1', async (ifMatch) => {
    const { id } = await create();
    const answer = await api().patch(`/segments/${id}`, { description: 'x' }, { 'if-match': ifMatch });
    expectProblem(answer, 412, 'revision_moved');
  });

  test('of two writers with the same ETag one wins', async () => {
    const { id } = await create();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((description) => api().patch(`/segments/${id}`, { description }, { 'if-match': '"1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect((await api().segment(id)).revision).toBe(2);
  });

  test('without it writers at the same time all get through, one after the other', async () => {
    const { id } = await create();
    const writes = Array.from({ length: 5 }, () => api().post(`/segments/${id}/rules`, isHot));
    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual(Array(5).fill(201));
    const { revision, rules } = await api().segment(id);
    expect({ revision, rules: new Set(rules.map((rule: Json) => rule.id)).size }).toEqual({ revision: 6, rules: 5 });
  });
});

describe('the rules of a segment', () => {
  test('are read with their match', async () => {
    const { id, rules } = await create({ match: 'any', rules: [isHot] });
    expect(await api().get(`/segments/${id}/rules`)).toMatchObject({
      status: 200,
      etag: expect.stringMatching(/^"1-/),
      body: { match: 'any', rules },
    });
  });

  test('are told as sentences: together, each by its id, and with what is odd about them', async () => {
    const hot = await create({ rules: [isHot] });
    const isIn = { type: 'segment', segmentId: hot.id, operator: 'in' };
    const isBoiling = { ...isHot, operator: 'not_equals', value: 'Boiling' };
    const group = { id: 'rul_group', type: 'group', match: 'none', rules: [{ id: 'rul_in', ...isIn }] };
    const sent = { name: freshName(), match: 'any', rules: [group, { id: 'rul_level', ...isBoiling }] };
    const whole = `not (is in the segment "${hot.name}") or engagement level is not "Boiling" (or is empty)`;
    const { id, sentence, rules } = (await api().post('/segments', sent)).body;
    expect(sentence).toBe(whole);
    const { body } = await api().get(`/segments/${id}/rules`);
    expect(body).toEqual({
      match: 'any',
      rules: sent.rules,
      sentence: whole,
      sentences: {
        rul_group: `not (is in the segment "${hot.name}")`,
        rul_in: `is in the segment "${hot.name}"`,
        rul_level: 'engagement level is not "Boiling" (or is empty)',
      },
      warnings: [{ code: 'unknown_level', path: '/rules/1/value', message: expect.stringContaining('Boiling') }],
    });
    // What was read can be sent back as it is.
    expect((await api().put(`/segments/${id}/rules`, { rules })).body).toMatchObject({ sentence: whole, rules });
    expect((await api().put(`/segments/${id}/rules`, { rules, sentence: whole })).status).toBe(422);
    const renamed = { name: freshName('Renamed') };
    await api().patch(`/segments/${hot.id}`, renamed);
    expect((await api().segment(id)).sentence).toContain(`"${renamed.name}"`);
    await api().delete(`/segments/${hot.id}`);
    expect((await api().segment(id)).sentence).toContain(`"${hot.id}"`);
  });

  test('are saved all at once: ids that are given stay, match stays unless it is given', async () => {
    const { id, rules } = await create({ match: 'any', rules: [isHot, isGerman] });
    const saved = await api().put(`/segments/${id}/rules`, { rules: [{ ...rules[1], value: 'AT' }, hasVisited] });
    expect(saved).toMatchObject({ status: 200, etag: '"2"', body: { id, match: 'any', revision: 2 } });
    expect(saved.body.rules[0]).toEqual({ ...rules[1], value: 'AT' });
    expect(saved.body.rules[1].id).not.toBe(rules[0].id);
    const emptied = await api().put(`/segments/${id}/rules`, { match: 'all', rules: [] });
    expect(emptied.body).toMatchObject({ match: 'all', rules: [], revision: 3 });
  });

  test('start a recalculation when the segment is active', async () => {
    const { id } = await create({ active: true });
    const { body } = await api().put(`/segments/${id}/rules`, { rules: [isHot] });
    expect(body.recalculation.state).toMatch(/queued|running|done/);
  });

  test.each<[object, string]>([
    [{}, '/rules'],
    [{ rules: null }, '/rules'],
    [{ rules: [], name: 'x' }, '/name'],
    [{ rules: [], match: 'none' }, '/match'],
    [{ rules: [{ ...isHot, operator: 'contains' }] }, '/rules/0/operator'],
  ])('are not saved as %j', async (body, path) => {
    const { id } = await create({ rules: [isHot] });
    expectInvalid(await api().put(`/segments/${id}/rules`, body), path);
    expect((await api().segment(id)).rules).toHaveLength(1);
  });

  test('get one more at the top', async () => {
    const { id } = await create({ rules: [isHot] });
    const added = await api().post(`/segments/${id}/rules`, isGerman);
    expect(added).toMatchObject({
      status: 201,
      etag: '"2"',
      location: `/segments/${id}/rules/${added.body.id}`,
      body: { id: expect.stringMatching(/^rul_/), ...isGerman },
    });
    expect((await api().segment(id)).rules.map(({ type }: Json) => type)).toEqual([
      'engagement_level',
      'lead_metadata',
    ]);
    expectInvalid(await api().post(`/segments/${id}/rules`, { ...isGerman, field: '' }), '/field');
    expectInvalid(await api().post(`/segments/${id}/rules`, { ...isGerman, why: 'x' }), '/why');
  });

  test('refuse a 251st, and an id that is there already', async () => {
    const { id, rules } = await create({ rules: Array(250).fill(isHot) });
    expectProblem(await api().post(`/segments/${id}/rules`, isGerman), 422, 'invalid');
    const other = await create({ rules: [isHot] });
    const twice = { ...isGerman, id: other.rules[0].id };
    expectProblem(await api().post(`/segments/${other.id}/rules`, twice), 422, 'invalid');
    expect(rules).toHaveLength(250);
  });

  test('are read, replaced and removed one by one, wherever they are nested', async () => {
    const group = { type: 'group', match: 'any', rules: [isHot, { type: 'group', match: 'none', rules: [isGerman] }] };
    const { id, rules } = await create({ rules: [group, hasVisited] });
    const nested = rules[0].rules[1].rules[0];
    const path = `/segments/${id}/rules/${nested.id}`;
    expect(await api().get(path)).toMatchObject({ status: 200, etag: expect.stringMatching(/^"1-/), body: nested });

    const replaced = await api().put(path, { ...isGerman, value: 'AT' });
    expect(replaced).toMatchObject({ status: 200, etag: '"2"', body: { ...nested, value: 'AT' } });
    const again = await api().put(path, { ...isGerman, id: nested.id, value: 'CH' });
    expect(again).toMatchObject({ status: 200, etag: '"3"', body: { ...nested, value: 'CH' } });
    const after = await api().segment(id);
    expect(after.rules[0].rules[1].rules[0]).toEqual({ ...nested, value: 'CH' });
    expect(after.rules[0].rules[0]).toEqual(rules[0].rules[0]);

    expect(await api().delete(path)).toMatchObject({ status: 204, etag: '"4"', body: undefined });
    const { rules: left } = await api().segment(id);
    expect(left.map((rule: Json) => rule.id)).toEqual([rules[0].id, rules[1].id]);
    expect(left[0].rules.map((rule: Json) => rule.id)).toEqual([rules[0].rules[0].id]);
    expectProblem(await api().get(path), 404, 'not_found');
    expectProblem(await api().put(path, isGerman), 404, 'not_found');
    expectProblem(await api().delete(path), 404, 'not_found');
  });

  test('are not replaced by what is invalid, or has another id', async () => {
    const { id, rules } = await create({ rules: [isHot] });
    const path = `/segments/${id}/rules/${rules[0].id}`;
    expectInvalid(await api().put(path, { ...isHot, operator: 'contains' }), '/operator');
    expectInvalid(await api().put(path, { ...isHot, id: 'rul_other' }), '/id');
    expectInvalid(await api().put(path, [isHot]), '');
    expect((await api().segment(id)).revision).toBe(1);
  });
});

describe('references between segments', () => {
  const inSegment = (segmentId: string, operator = 'in') => ({ type: 'segment', segmentId, operator });

  test('to one that does not exist are refused with their path', async () => {
    const rules = [isHot, { type: 'group', match: 'all', rules: [inSegment('seg_missing')] }];
    expectInvalid(await api().post('/segments', { name: freshName(), rules }), '/rules/1/rules/0/segmentId');
    expectInvalid(await api().post('/preview', { rules }), '/rules/1/rules/0/segmentId');
  });

  test('in a cycle are refused, also over several segments and to itself', async () => {
    const a = await create({ rules: [isHot] });
    const b = await create({ rules: [inSegment(a.id)] });
    const c = await create({ rules: [inSegment(b.id, 'not_in')] });
    const toC = { rules: [isHot, inSegment(c.id)] };
    const answer = await api().put(`/segments/${a.id}/rules`, toC);
    expectInvalid(answer, '/rules/1/segmentId');
    for (const { name } of [a, b, c]) expect(answer.body.detail).toContain(name);
    expectInvalid(await api().put(`/segments/${a.id}/rules`, { rules: [inSegment(a.id)] }), '/rules/0/segmentId');
  });

  test('from an active to an inactive one are refused with 409, and hold once both are active', async () => {
    const base = await create({ rules: [isHot] });
    const content = { name: freshName(), active: true, rules: [inSegment(base.id)] };
    expectProblem(await api().post('/segments', content), 409, 'referred_segment_inactive');
    const referrer = await create({ rules: [inSegment(base.id)] });
    expectProblem(await api().patch(`/segments/${referrer.id}`, { active: true }), 409, 'referred_segment_inactive');
    await api().patch(`/segments/${base.id}`, { active: true });
    expect((await api().patch(`/segments/${referrer.id}`, { active: true })).status).toBe(200);
  });

  test('keep the segment they lead to from being deleted or deactivated, saying by whom', async () => {
    const base = await create({ active: true, rules: [isHot] });
    const referrer = await create({ active: true, rules: [inSegment(base.id)] });
    for (const answer of [
      await api().delete(`/segments/${base.id}`),
      await api().patch(`/segments/${base.id}`, { active: false }),
    ]) {
      expectProblem(answer, 409, 'segment_referred_to');
      expect(answer.body.detail).toContain(referrer.id);
      expect(answer.body.detail).toContain(referrer.name);
    }
    await api().patch(`/segments/${referrer.id}`, { active: false });
    expect((await api().delete(`/segments/${base.id}`)).status).toBe(204);
  });
});

describe('deleting a segment', () => {
  test('answers 204, and then it is gone and its name free', async () => {
    const { id, name } = await create({ active: true, rules: [isHot] });
    expect(await api().delete(`/segments/${id}`)).toMatchObject({ status: 204, body: undefined });
    expectProblem(await api().get(`/segments/${id}`), 404, 'not_found');
    expectProblem(await api().delete(`/segments/${id}`), 404, 'not_found');
    const listed = (await api().pages('/segments', 500)).flatMap(({ segments }) => segments.map((s: Json) => s.id));
    expect(listed).not.toContain(id);
    expect((await api().create({ name })).id).not.toBe(id);
  });
});

describe('recalculating a segment', () => {
  test('answers 202, and is done soon', async () => {
    const { id } = await create({ active: true, rules: [isHot] });
    await room.settle();
    const answer = await api().post(`/segments/${id}/recalculate`);
    expect(answer).toMatchObject({ status: 202, body: { id, recalculation: { startedAt: expect.any(String) } } });
    await room.settle();
    expect((await api().segment(id)).recalculation.state).toBe('done');
  });

  test('is refused with 409 for an inactive one', async () => {
    const { id } = await create({ rules: [isHot] });
    expectProblem(await api().post(`/segments/${id}/recalculate`), 409, 'segment_inactive');
  });
});

describe('Idempotency-Key', () => {
  const withKey = (key: string) => ({ 'idempotency-key': key });

  test('the same request again gets the first answer and makes no second segment', async () => {
    const body = { name: freshName('Once'), rules: [isHot] };
    const first = await api().post('/segments', body, withKey('once'));
    const second = await api().post('/segments', body, withKey('once'));
    expect(first.status).toBe(201);
    expect(second).toEqual(first);
    expect((await api().post('/segments', body)).status).toBe(409);
  });

  test('another body or another path under the same key is refused with 422', async () => {
    await api().post('/segments', { name: freshName() }, withKey('reused'));
    const name = freshName();
    expectProblem(await api().post('/segments', { name }, withKey('reused')), 422, 'idempotency_key_reused');
    expectProblem(await api().post('/changes', { changes: [] }, withKey('reused')), 422, 'idempotency_key_reused');
    // What only reads is done again.
    expect((await api().post('/preview', { rules: [isHot] }, withKey('reused'))).status).toBe(200);
    expect((await api().post('/segments', { name })).status).toBe(201);
  });

  test('a refused request may be corrected under the same key', async () => {
    expectInvalid(await api().post('/segments', { name: '' }, withKey('corrected')), '/name');
    expect((await api().post('/segments', { name: freshName() }, withKey('corrected'))).status).toBe(201);
  });

  test('of requests at the same time one is done, the others wait for it or get its answer', async () => {
    const body = { name: freshName('At once') };
    const sent = Array.from({ length: 4 }, () => api().post('/segments', body, withKey('at once')));
    const answers = await Promise.all(sent);
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map((answer) => answer.body.id)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'request_in_progress');
    }
  });

  test('must not be too long, and only counts for POST', async () => {
    const answer = await api().post('/segments', { name: freshName() }, withKey('x'.repeat(256)));
    expectProblem(answer, 400, 'idempotency_key');
    const { id } = await create();
    for (const description of ['a', 'b']) {
      const { status, body } = await api().patch(`/segments/${id}`, { description }, withKey('patch'));
      expect({ status, description: body.description }).toEqual({ status: 200, description });
    }
  });
});

describe('what there is without any lead', () => {
  test('templates are the twelve common segments, each ready to create', async () => {
    const { body } = await api().get('/templates');
    expect(body.templates.map(({ name }: Json) => name)).toEqual(segmentTemplates.map(({ name }) => name));
    expect(body.templates).toHaveLength(12);
    for (const template of body.templates) {
      const created = await api().create(template);
      expect(created.rules.map(({ id, ...rule }: Json) => rule)).toEqual(template.rules);
    }
  });

  test('the vocabulary has the levels in their order', async () => {
    const { status, body } = await api().get('/vocabulary');
    expect(status).toBe(200);
    expect(body.levels).toEqual({
      engagement: ['Cold', 'Warm', 'Hot', 'Very Hot'],
      profile: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
      account: ['Standard', 'Qualified', 'Target', 'Strategic'],
    });
  });

  test('health says how fresh every queue is', async () => {
    const { status, body } = await api().get('/health');
    const fresh = { waiting: 0, deadLetters: 0, oldestUnprocessedSeconds: 0 };
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      queues: { profileChanges: fresh, levelChanges: fresh, leadEvents: fresh, accountChanges: fresh },
    });
    expect(Date.now() - Date.parse(body.freshAsOf)).toBeLessThan(5_000);
  });

  test('a preview counts nobody, and is asked in the shape of rules', async () => {
    const { status, body } = await api().post('/preview', { rules: [isHot] });
    expect(status).toBe(200);
    const funnel = [{ path: '/rules/0', total: 0 }];
    expect(body).toEqual({ total: 0, exact: true, leads: 0, share: 0, size: 'none', sample: [], funnel, warnings: [] });
    expectInvalid(await api().post('/preview', {}), '/rules');
    expectInvalid(await api().post('/preview', { rules: [isHot], sampleSize: 101 }), '/sampleSize');
    expectInvalid(await api().post('/preview', { rules: [{ ...isHot, value: '' }] }), '/rules/0/value');
    expectInvalid(await api().post('/preview', { rules: [isHot], segment: 'x' }), '/segment');
    const ofMissing = await api().post('/preview', { rules: [isHot], segmentId: 'seg_missing' });
    expectProblem(ofMissing, 404, 'not_found');
  });

  test.each([['/leads/nobody'], ['/leads/nobody/segments']])('%s is 404', async (path) => {
    expectProblem(await api().get(path), 404, 'not_found');
  });
});

describe('a route that does not exist', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/segment'],
    ['GET', '/segments/x/rules/y/z'],
    ['PURGE', '/segments/'],
  ])('%s %s is 404 as a problem', async (method, path) => {
    expectProblem(await api().request(method, path), 404, 'no_such_route');
  });

  test('and every route that exists answers something else', async () => {
    for (const { method, path } of routes) {
      const { body } = await api().request(method, path.replace(/\{\w+\}/g, 'missing'));
      expect({ method, path, code: body?.code }).not.toMatchObject({ code: 'no_such_route' });
      expect({ method, path, code: body?.code }).not.toMatchObject({ code: 'internal' });
    }
  });
});

test('no function failed on the way', () => {
  expect(noted).not.toHaveBeenCalled();
});
