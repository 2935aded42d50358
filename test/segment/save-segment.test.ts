import { describe, expect, test } from 'vitest';
import type { Segment, SegmentContent } from '../../shared/catalog/segment.ts';
import { Problem } from '../../shared/problem/problem.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import type { Revision } from '../../shared/segment/revision.ts';
import {
  planChange,
  planCreate,
  planDelete,
  planRestore,
  type SaveContext,
} from '../../shared/segment/save-segment.ts';

const isHot: Rule = { type: 'engagement_level', operator: 'equals', value: 'Hot' };
const visited = (eventType: string, more: object = {}): Rule =>
  ({ type: 'event_metadata', eventType, operator: 'exists', ...more }) as Rule;
const inSegment = (segmentId: string): Rule => ({ type: 'segment', segmentId, operator: 'in' });

/** Segments as one save after the other stores them. */
class Saves {
  readonly known = new Map<string, Segment>();
  catalogVersion = 0;
  private serial = 0;

  get context(): SaveContext {
    return {
      catalogVersion: this.catalogVersion,
      known: this.known,
      now: `2026-03-10T12:00:${String(this.catalogVersion).padStart(2, '0')}.000Z`,
      author: 'ann',
      newId: (prefix) => `${prefix}_${++this.serial}`,
    };
  }

  create(content: Partial<SegmentContent> & { name: string }): Segment {
    const whole = { description: '', active: true, match: 'all' as const, rules: [], ...content };
    return this.keep(planCreate(whole, this.context).after!);
  }

  change(before: Segment, change: Partial<SegmentContent>): Segment {
    return this.keep(planChange(this.known.get(before.id)!, change, this.context).after!);
  }

  /** Notes that a recalculation filled the segment's event state. */
  fill(segment: Segment, backfilledN: number): Segment {
    const stored = this.known.get(segment.id)!;
    return this.keep({ ...stored, conditions: stored.conditions.map((kept) => ({ ...kept, backfilledN })) });
  }

  delete({ id }: Segment): void {
    planDelete(this.known.get(id)!, this.context);
    this.known.delete(id);
    this.catalogVersion++;
  }

  private keep(segment: Segment): Segment {
    this.known.set(segment.id, segment);
    this.catalogVersion++;
    return segment;
  }
}

function problemOf(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('a new segment', () => {
  test('starts at revision 1, in the next catalog version, with ids for its rules', () => {
    const saves = new Saves();
    saves.catalogVersion = 6;
    const content = { name: 'A', description: 'd', active: true, match: 'any' as const };
    const plan = planCreate(
      { ...content, rules: [isHot, { type: 'group', match: 'all', rules: [isHot] }] },
      saves.context,
    );
    expect(plan).toMatchObject({ expectedCatalogVersion: 6, recalculates: true });
    expect(plan.events).toEqual(['Segment Created', 'Segment Activated']);
    expect(plan.after).toMatchObject({
      ...content,
      id: 'seg_1',
      revision: 1,
      savedInCatalog: 7,
      savedAt: saves.context.now,
      silent: false,
      rules: [{ id: 'rul_2' }, { id: 'rul_3', rules: [{ id: 'rul_4' }] }],
    });
  });

  test('that is inactive is not recalculated and keeps no event state', () => {
    const content = { name: 'A', description: '', active: false, match: 'all' as const, rules: [visited('View')] };
    const plan = planCreate(content, new Saves().context);
    expect(plan).toMatchObject({ recalculates: false, events: ['Segment Created'], after: { conditions: [] } });
  });
});

describe('a change', () => {
  const saves = () => {
    const all = new Saves();
    return { all, segment: all.create({ name: 'A', rules: [isHot] }) };
  };

  test('of the name or description is none for leads', () => {
    const { all, segment } = saves();
    const plan = planChange(segment, { name: 'B', description: 'b' }, all.context);
    expect(plan).toMatchObject({ recalculates: false, events: ['Segment Changed'], before: segment });
    expect(plan.after).toMatchObject({
      revision: 2,
      savedInCatalog: 1,
      savedAt: segment.savedAt,
      rules: segment.rules,
    });
  });

  test.each<[string, Partial<SegmentContent>]>([
    ['rules', { rules: [] }],
    ['match', { match: 'any' }],
  ])('of %s is one, and may be silent', (_, change) => {
    const { all, segment } = saves();
    const plan = planChange(segment, change, all.context, { silent: true });
    expect(plan).toMatchObject({ recalculates: true, events: ['Segment Changed'] });
    expect(plan.after).toMatchObject({ savedInCatalog: 2, savedAt: all.context.now, silent: true });
    // The same again is nothing to store.
    const again = planChange(plan.after!, change, { ...all.context, catalogVersion: 2 });
    expect(again).toMatchObject({ recalculates: false, events: [] });
    expect(again.after).toBe(plan.after);
  });

  test('of active tells which way, and only activation recalculates', () => {
    const { all, segment } = saves();
    const off = planChange(segment, { active: false }, all.context);
    expect(off).toMatchObject({ recalculates: false, events: ['Segment Deactivated'], after: { savedInCatalog: 2 } });
    const on = planChange(off.after!, { active: true }, all.context);
    expect(on).toMatchObject({ recalculates: true, events: ['Segment Activated'] });
    const both = planChange(off.after!, { active: true, name: 'B' }, all.context);
    expect(both.events).toEqual(['Segment Changed', 'Segment Activated']);
    expect(planChange(segment, { active: true }, all.context).events).toEqual([]);
  });

  test('of rules of an inactive segment recalculates nothing', () => {
    const all = new Saves();
    const segment = all.create({ name: 'A', active: false });
    expect(planChange(segment, { rules: [isHot] }, all.context).recalculates).toBe(false);
  });

  test('keeps the ids that are given', () => {
    const { all, segment } = saves();
    const rules = [{ ...isHot, id: 'rul_mine' }, segment.rules[0]!, isHot];
    const after = planChange(segment, { rules }, all.context).after!;
    expect(after.rules.map(({ id }) => id)).toEqual(['rul_mine', segment.rules[0]!.id, expect.stringMatching(/^rul_/)]);
  });
});

describe('the return to an earlier revision', () => {
  const revisionOf = ({ revision, name, description, active, match, rules }: Segment): Revision => ({
    revision,
    savedAt: '2026-03-10T11:00:00.000Z',
    name,
    description,
    active,
    match,
    rules,
  });

  test('takes back name, description, match and rules, and leaves what is active', () => {
    const all = new Saves();
    const first = all.create({ name: 'A', description: 'a', active: false, rules: [isHot] });
    all.change(first, { active: true });
    const now = all.change(first, { name: 'B', description: 'b', match: 'any', rules: [] });
    const plan = planRestore(now, revisionOf(first), all.context, { silent: true });
    expect(plan).toMatchObject({ recalculates: true, events: ['Segment Changed'], origin: { restored: 1 } });
    const { name, description, match, rules } = first;
    expect(plan.after).toMatchObject({ name, description, match, rules, active: true, revision: 4, silent: true });
  });

  test('is no save for leads when only name and description differ', () => {
    const all = new Saves();
    const first = all.create({ name: 'A', rules: [isHot] });
    const now = all.change(first, { name: 'B' });
    expect(planRestore(now, revisionOf(first), all.context)).toMatchObject({
      recalculates: false,
      after: { name: 'A' },
    });
  });

  test('is refused when its name is taken or it refers to what is gone', () => {
    const all = new Saves();
    const base = all.create({ name: 'Base', active: false });
    const first = all.create({ name: 'A', active: false, rules: [inSegment(base.id)] });
    const now = all.change(first, { name: 'B', rules: [] });
    all.delete(base);
    expect(problemOf(() => planRestore(now, revisionOf(first), all.context))).toMatchObject({ status: 422 });
    all.create({ name: 'a' });
    expect(problemOf(() => planRestore(now, revisionOf(first), all.context))).toMatchObject({ code: 'name_taken' });
  });
});

describe('names', () => {
  test('are taken however they are written', () => {
    const all = new Saves();
    const first = all.create({ name: 'Ünï  Tag' });
    for (const name of ['ünï  tag', ' ÜNÏ  TAG ', 'Ünï  Tag']) {
      expect(problemOf(() => all.create({ name }))).toMatchObject({ status: 409, code: 'name_taken' });
    }
    const second = all.create({ name: 'Other' });
    expect(problemOf(() => all.change(second, { name: 'ünï  tag' }))).toMatchObject({ code: 'name_taken' });
    expect(all.change(first, { name: 'ÜNÏ  TAG' }).name).toBe('ÜNÏ  TAG');
  });
});

describe('references', () => {
  test('need a segment that exists, and say where they do not', () => {
    const rules: Rule[] = [isHot, { type: 'group', match: 'any', rules: [inSegment('seg_x')] }];
    const problem = problemOf(() => new Saves().create({ name: 'A', rules }));
    expect(problem).toMatchObject({ status: 422, errors: [{ path: '/rules/1/rules/0/segmentId' }] });
  });

  test('may not come back to where they start, over however many segments', () => {
    const all = new Saves();
    const chain = [all.create({ name: 'S0' })];
    for (let index = 1; index < 5; index++) {
      chain.push(all.create({ name: `S${index}`, rules: [inSegment(chain.at(-1)!.id)] }));
    }
    const [first] = chain as [Segment];
    const problem = problemOf(() => all.change(first, { rules: [isHot, inSegment(chain.at(-1)!.id)] }));
    expect(problem).toMatchObject({ status: 422, errors: [{ path: '/rules/1/segmentId' }] });
    expect(problem.message).toContain('S0 > S4 > S3 > S2 > S1 > S0');
    expect(problemOf(() => all.change(first, { rules: [inSegment(first.id)] })).message).toContain('itself');
  });

  test('are quick to check when many ways lead to the same segments', () => {
    const all = new Saves();
    let layer = [all.create({ name: 'base 1' }), all.create({ name: 'base 2' })];
    for (let depth = 0; depth < 25; depth++) {
      const rules = layer.map(({ id }) => inSegment(id));
      layer = ['a', 'b'].map((side) => all.create({ name: `${depth} ${side}`, rules }));
    }
    const startedAt = performance.now();
    all.create({ name: 'top', rules: layer.map(({ id }) => inSegment(id)) });
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  test('of active segments lead to active ones only', () => {
    const all = new Saves();
    const base = all.create({ name: 'Base', active: false });
    const refused = { status: 409, code: 'referred_segment_inactive' };
    expect(problemOf(() => all.create({ name: 'A', rules: [inSegment(base.id)] }))).toMatchObject(refused);
    const referrer = all.create({ name: 'A', active: false, rules: [inSegment(base.id)] });
    expect(problemOf(() => all.change(referrer, { active: true }))).toMatchObject(refused);
    all.change(base, { active: true });
    all.change(referrer, { active: true });
    const referredTo = { status: 409, code: 'segment_referred_to' };
    expect(problemOf(() => all.change(base, { active: false }))).toMatchObject(referredTo);
    expect(problemOf(() => all.delete(base)).message).toContain('"A"');
    all.change(referrer, { active: false });
    all.delete(base);
  });

  test('that an inactive segment is left with do not keep it from being renamed', () => {
    const all = new Saves();
    const base = all.create({ name: 'Base' });
    const referrer = all.create({ name: 'A', active: false, rules: [inSegment(base.id)] });
    all.delete(base);
    expect(all.change(referrer, { name: 'B' }).name).toBe('B');
    expect(problemOf(() => all.change(referrer, { active: true }))).toMatchObject({ status: 422 });
  });
});

describe('the event conditions of a segment', () => {
  const idsOf = (segment: Segment) => segment.conditions.map(({ id }) => id);

  test('are those of its rules, each once, however often and how recently they are asked', () => {
    const all = new Saves();
    const rules = [
      visited('View'),
      visited('View', { times: { atLeast: 3 }, withinDays: 7 }),
      { type: 'group', match: 'any', rules: [visited('Open')] } as Rule,
    ];
    expect(all.create({ name: 'A', rules }).conditions).toEqual([
      { id: '1.0', backfilledN: 0 },
      { id: '1.1', backfilledN: 0 },
    ]);
  });

  test('share their ids with other active segments, but not how far they are filled', () => {
    const all = new Saves();
    const first = all.create({ name: 'A', rules: [visited('View')] });
    all.fill(first, 5);
    const second = all.create({ name: 'B', rules: [visited('Open'), visited('View')] });
    expect(second.conditions).toEqual([
      { id: expect.not.stringMatching(first.conditions[0]!.id), backfilledN: 0 },
      { id: first.conditions[0]!.id, backfilledN: 0 },
    ]);
  });

  test('keep their ids and how far they are filled while the segment stays active', () => {
    const all = new Saves();
    const segment = all.create({ name: 'A', rules: [visited('View')] });
    const filled = all.fill(segment, 5);
    const changed = all.change(segment, { rules: [visited('Open'), visited('View', { times: { atLeast: 9 } })] });
    expect(changed.conditions[1]).toEqual(filled.conditions[0]);
    expect(changed.conditions[0]!.backfilledN).toBe(0);
    expect(all.change(segment, { name: 'B' }).conditions).toEqual(changed.conditions);
  });

  test('get new ids once nobody kept them up: state under the old ones has gaps', () => {
    const all = new Saves();
    const segment = all.create({ name: 'A', rules: [visited('View')] });
    all.fill(segment, 5);
    const off = all.change(segment, { active: false });
    expect(off.conditions).toEqual([]);
    const on = all.change(segment, { active: true });
    expect(idsOf(on)).not.toEqual(idsOf(segment));
    expect(on.conditions[0]!.backfilledN).toBe(0);
    const without = all.change(segment, { rules: [isHot] });
    const again = all.change(without, { rules: [visited('View')] });
    expect([...idsOf(segment), ...idsOf(on)]).not.toContain(idsOf(again)[0]);
  });

  test('keep their ids when another active segment kept them up meanwhile, to be filled anew', () => {
    const all = new Saves();
    const first = all.create({ name: 'A', rules: [visited('View')] });
    const second = all.create({ name: 'B', rules: [visited('View')] });
    all.fill(first, 5);
    all.fill(second, 5);
    all.change(first, { active: false });
    expect(all.change(first, { active: true }).conditions).toEqual([{ id: first.conditions[0]!.id, backfilledN: 0 }]);
  });
});
