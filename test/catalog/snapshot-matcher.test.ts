import { expect, test } from 'vitest';
import { Chance } from '../../oracle/chance.ts';
import { randomChange, randomLevels, randomRule } from '../../oracle/random-world.ts';
import { type Catalog, changeCatalog, compileCatalog } from '../../shared/catalog/catalog.ts';
import { type CatalogContents, changeContents } from '../../shared/catalog/catalog-contents.ts';
import { eventConditionsOf, type Segment } from '../../shared/catalog/segment.ts';
import { decodeSnapshot, encodeSnapshot } from '../../shared/catalog/snapshot-file.ts';
import { type LeadChange, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { mergeChanges } from '../../shared/lead/merge-changes.ts';
import { segmentsThatMayFlip } from '../../shared/matcher/matcher.ts';
import { rulesInputSchema } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';
import { savedAt } from './stored-catalog.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const eventRetentionDays = 400;
const ids = Array.from({ length: 40 }, (_, index) => `seg_${index}`);

function randomSegment(chance: Chance, id: string, savedInCatalog: number): Segment {
  // Saving refuses circles.
  const others = ids.slice(0, ids.indexOf(id));
  const rules = rulesInputSchema.parse(chance.some(4, () => randomRule(chance, now, others)));
  const conditions = [...eventConditionsOf(rules).keys()].map((_, index) => ({ id: `${id} ${index}`, backfilledN: 0 }));
  return {
    ...{ id, name: id, description: '', active: chance.is(0.9), match: chance.oneOf(['all', 'any'] as const) },
    ...{ rules, revision: 1, savedInCatalog, savedAt, silent: false, conditions },
    ...{ createdAt: savedAt, updatedAt: savedAt },
  };
}

function randomLog(chance: Chance, { version, segments, levels }: CatalogContents) {
  const touched = chance.shuffled(ids).slice(0, chance.below(6));
  const deleted = touched.filter((id) => chance.is(0.4) && segments.some((segment) => segment.id === id));
  const saved = touched.filter((id) => !deleted.includes(id)).map((id) => randomSegment(chance, id, version + 1));
  if (chance.is(0.6)) return { saved, deleted };
  const { kind, names } = randomLevels(chance);
  const save = { savedInCatalog: version + 1, savedAt };
  return {
    ...{ saved, deleted },
    levels: {
      levels: { ...levels.levels, [kind]: names },
      levelSaves: { ...levels.levelSaves, [kind]: save },
    },
  };
}

/** A lead before and after a change of its attributes, levels or account; and all that may have been touched. */
function randomLeads(chance: Chance): [LeadDocument, LeadDocument] {
  const account = { accountId: 'acc1', version: 1, accountLevel: chance.oneOf(['Standard', 'Target']) };
  const cause = { kind: 'account_change', occurredAt: savedAt } as const;
  const accounts = new Map([['acc1', { ...account, cause, attributes: { a: chance.oneOf(['x', 5, true]) } }]]);
  let document = unknownLead('l1');
  const leads = [document];
  for (let serial = 0; serial < 12; serial++) {
    const { queue, message } = randomChange(chance, now, ['l1'], serial);
    const changes: LeadChange[] = [];
    if (queue === 'profile') changes.push({ kind: 'profile_change', ...profileChangeSchema.parse(message) });
    if (queue === 'level') changes.push({ kind: 'level_change', ...levelChangeSchema.parse(message) });
    document = mergeChanges(document, changes, accounts).document;
    leads.push(document);
  }
  return [chance.oneOf(leads), chance.oneOf(leads)];
}

function told(catalog: Catalog, [before, after]: [LeadDocument, LeadDocument], slots: Iterable<string>): string[] {
  const flips = segmentsThatMayFlip(catalog.matcher, before, after, slots);
  return [...new Set(flips.map(({ segmentId, holds }) => `${segmentId} ${holds}`))].sort();
}

/** What a catalog knows of segments together, in a form that can be compared. */
function knownOf({ known, active, clockReaders, referrers, depths, conditions, conditionsOfType }: Catalog) {
  const sorted = (names: Iterable<string>) => [...names].sort();
  return {
    known: sorted(known.keys()).map((id) => known.get(id)),
    active: sorted(active.keys()).map((id) => [id, active.get(id)!.lastSave.savedInCatalog, active.get(id)!.reads]),
    clockReaders: sorted(clockReaders.map(({ segmentId }) => segmentId)),
    referrers: sorted([...referrers].map(([id, of]) => `${id}: ${sorted(of.map(({ segmentId }) => segmentId))}`)),
    depths: sorted([...depths].map((entry) => entry.join())),
    conditions: sorted([...conditions.values()].map(({ key, n }) => `${key} ${n}`)),
    types: sorted(conditionsOfType.keys()),
  };
}

const seeds = Array.from({ length: 12 }, (_, index) => [index + 1]);

test.each(seeds)('a catalog from a snapshot, and moved on, answers as one that is compiled anew: seed %i', (seed) => {
  const chance = new Chance(seed);
  const segments = ids.filter(() => chance.is(0.8)).map((id) => randomSegment(chance, id, 1));
  let contents: CatalogContents = { version: 1, segments, levels: { levels: defaultLevels } };
  const { file, note } = encodeSnapshot(contents, now);
  const taken = decodeSnapshot(file, note);
  expect({ ...taken, matcher: undefined }).toEqual({ ...contents, matcher: undefined });
  const context = { ...taken.levels, eventRetentionDays };
  let catalog = compileCatalog(taken.version, taken.segments, context, taken.matcher);
  for (let step = 0; step < 4; step++) {
    const anew = compileCatalog(contents.version, contents.segments, { ...contents.levels, eventRetentionDays });
    expect(knownOf(catalog)).toEqual(knownOf(anew));
    const slots = [...anew.matcher.placeBySlot.keys()];
    for (let time = 0; time < 5; time++) {
      const leads = randomLeads(chance);
      expect(told(catalog, leads, slots)).toEqual(told(anew, leads, slots));
      const some = slots.filter(() => chance.is(0.5));
      expect(told(catalog, leads, some)).toEqual(told(anew, leads, some));
    }
    const change = randomLog(chance, contents);
    contents = changeContents(contents, contents.version + 1, change);
    catalog = changeCatalog(catalog, contents.version, change);
  }
});
