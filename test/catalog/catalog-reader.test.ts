import { expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import { segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { StoredCatalog, savedAt } from './stored-catalog.ts';

const segment = (id: string, name = id, rules: readonly Rule[] = []): Segment => ({
  ...{ id, name, description: '', active: true, match: 'all', rules, revision: 1, conditions: [] },
  ...{ savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt },
});
const namesIn = ({ known }: Catalog) => [...known.values()].map(({ name }) => name).sort();
const atLeast = (value: string): Rule => ({ type: 'engagement_level', operator: 'at_least', value });

test('is read once, and again only what moved it', async () => {
  const catalog = new StoredCatalog(segment('a'), segment('b'), segment('c'));
  const reader = catalog.reader();
  const first = await reader.current();
  expect(await reader.current()).toBe(first);
  catalog.save(segment('a', 'A'));
  catalog.remove('b');
  const second = await reader.current();
  expect(second.version).toBe(5);
  expect(namesIn(second)).toEqual(['A', 'c']);
  expect(catalog.reads).toEqual(['all', 'levels', 'log', 'a b']);
});

test('is what was there at its version, though somebody saves while it is read', async () => {
  const catalog = new StoredCatalog(segment('a'));
  catalog.meanwhile.push(
    () => catalog.save(segment('b')),
    () => catalog.save(segment('b', 'B')),
  );
  const current = await catalog.reader().current();
  expect(current.version).toBe(3);
  expect(namesIn(current)).toEqual(['B', 'a']);
});

test('is read anew when the log does not say what moved it', async () => {
  const catalog = new StoredCatalog(segment('a'));
  const reader = catalog.reader();
  await reader.current();
  catalog.loggedFrom = 2;
  catalog.save(segment('b'));
  expect(namesIn(await reader.current())).toEqual(['a', 'b']);
  expect(catalog.reads).toEqual(['all', 'levels', 'log', 'all', 'levels']);
});

test('is loaded once for all who ask for it at the same time', async () => {
  const catalog = new StoredCatalog(segment('a'));
  const reader = catalog.reader();
  const [one, other] = await Promise.all([reader.current(), reader.current()]);
  expect(one).toBe(other);
  expect(catalog.reads).toEqual(['all', 'levels']);
});

test('a change of levels reads just these, and recompiles the segments that read them', async () => {
  const catalog = new StoredCatalog(segment('a', 'a', [atLeast('Hot')]), segment('b'));
  const reader = catalog.reader();
  const before = await reader.current();
  catalog.reads.length = 0;
  catalog.setLevels('engagement', ['Hot', 'Cold']);
  const after = await reader.current();
  expect(catalog.reads).toEqual(['log', '', 'levels']);
  expect(after.context.levels.engagement).toEqual(['Hot', 'Cold']);
  expect(after.active.get('a')?.lastSave).toEqual({ savedInCatalog: 3, savedAt });
  expect(after.active.get('a')?.segment).toBe(before.active.get('a')?.segment);
  expect(after.active.get('b')).toBe(before.active.get('b'));
});

test('whoever starts reads the snapshot and the log since, and nothing else', async () => {
  const catalog = new StoredCatalog(segment('a'), segment('b'));
  await catalog.takeSnapshot();
  catalog.reads.length = 0;
  expect(namesIn(await catalog.reader().current())).toEqual(['a', 'b']);
  expect(catalog.reads).toEqual(['snapshot']);
  catalog.save(segment('a', 'A'));
  catalog.remove('b');
  catalog.reads.length = 0;
  expect(namesIn(await catalog.reader().current())).toEqual(['A']);
  expect(catalog.reads).toEqual(['snapshot', 'log', 'a b']);
  expect(catalog.notes).toEqual([]);
});

const damages: readonly [string, (catalog: StoredCatalog) => void, RegExp | undefined][] = [
  ['that is gone', ({ files }) => files.clear(), /There is no catalog-/],
  [
    'of which a part is missing',
    (catalog) => replaceFile(catalog, (file) => file.slice(0, 40)),
    /not the one that was/,
  ],
  [
    'in whose place there is another',
    (catalog) => replaceFile(catalog, () => Buffer.from('{}')),
    /not the one that was/,
  ],
  ['of another format', (catalog) => renote(catalog, { format: 'catalogSnapshot 99' }), undefined],
  ['of a version that is yet to come', (catalog) => renote(catalog, { version: 9 }), undefined],
  [
    'of before the log begins',
    (catalog) => {
      catalog.save(segment('a'));
      catalog.loggedFrom = 3;
    },
    /The log does not reach back from version 3 to 2/,
  ],
];

function replaceFile({ files }: StoredCatalog, change: (file: Uint8Array) => Uint8Array): void {
  for (const [key, file] of files) files.set(key, change(file));
}

function renote(catalog: StoredCatalog, change: object): void {
  catalog.snapshot = { ...catalog.snapshot!, ...change };
}

test.each(damages)('a snapshot %s is not used, and all is read', async (_, damage, note) => {
  const catalog = new StoredCatalog(segment('a'), segment('b'));
  await catalog.takeSnapshot();
  damage(catalog);
  catalog.reads.length = 0;
  expect(namesIn(await catalog.reader().current())).toEqual(['a', 'b']);
  expect(catalog.reads).toContain('all');
  expect(catalog.notes).toEqual(note ? [expect.stringMatching(note)] : []);
});

/** What decides about leads, in a form that can be compared. */
function asDecided(catalog: Catalog) {
  const byId = <T>(entries: Iterable<readonly [string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const segments = byId(catalog.known);
  const saves = byId(catalog.active).map(([id, { lastSave }]) => [id, lastSave.savedInCatalog]);
  const flips = ['Hot', 'Warm', 'Cold', 'Very Hot'].map((level) => {
    const after = { ...unknownLead('l'), engagementLevel: [level, 1], attributes: { f: level } } as never;
    const mayFlip = segmentsThatMayFlip(catalog.matcher, unknownLead('l'), after, ['engagement_level', 'lead:f']);
    const holds = (id: string) =>
      catalog.active.get(id)!.holds({
        document: after,
        now: 0,
        events: () => [] as never,
        eventsFlipAt: () => Number.POSITIVE_INFINITY,
        isMemberOf: () => false,
      });
    return mayFlip
      .map((flip) => `${flip.segmentId} ${flip.holds ?? holds(flip.segmentId)} ${holds(flip.segmentId)}`)
      .sort();
  });
  return { version: catalog.version, levels: catalog.context.levels, segments, saves, flips };
}

test('with snapshots or without, warm or new, all readers end with the same catalog', async () => {
  const chance = new Chance(5);
  for (let world = 0; world < 15; world++) {
    const catalog = new StoredCatalog();
    const warm = catalog.reader();
    for (let step = 0; step < 30; step++) {
      const id = `s${chance.below(6)}`;
      const act = chance.below(10);
      const levels = chance.shuffled(['Cold', 'Warm', 'Hot', 'Very Hot']);
      const rule: Rule = chance.is(0.6)
        ? atLeast(chance.oneOf(levels))
        : { type: 'lead_metadata', field: 'f', operator: 'equals', value: chance.oneOf(levels) };
      if (act < 5) catalog.save({ ...segment(id, `${id} ${step}`, [rule]), savedInCatalog: catalog.log.length + 1 });
      else if (act < 6) catalog.remove(id);
      else if (act < 8) catalog.setLevels('engagement', levels);
      else await catalog.takeSnapshot();
      if (chance.is(0.1)) catalog.loggedFrom = catalog.log.length;
      if (chance.is(0.2)) catalog.meanwhile.push(() => catalog.save(segment(id, `${id} meanwhile`, [rule])));
      catalog.now += chance.below(900_000);
      const read = [catalog.reader(), catalog.reader({ withoutSnapshots: true }), ...(chance.is(0.5) ? [warm] : [])];
      const [first, ...others] = await Promise.all(
        read.map(async (reader) => ({ reader, is: await reader.current() })),
      );
      // What was saved while the first ones read is seen by all who look again.
      const again = asDecided(await first!.reader.current());
      expect(again).toEqual(asDecided(await catalog.reader({ withoutSnapshots: true }).current()));
      for (const { reader } of others) expect(asDecided(await reader.current())).toEqual(again);
    }
    expect(catalog.notes.filter((note) => !note.includes('does not reach back'))).toEqual([]);
  }
});
