import { csvParseRows } from 'd3-dsv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExportForm, exportPurposes } from '../../shared/export/export.ts';
import { csvOf } from '../../shared/export/member-csv.ts';
import type { ImportMapping } from '../../shared/import/mapping.ts';
import { createRowPlanner } from '../../shared/import/plan-rows.ts';
import { type LeadChange, leadEventSchema, levelChangeSchema, profileChangeSchema } from '../../shared/lead/change.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { mergeChanges } from '../../shared/lead/merge-changes.ts';
import { presentAttributes } from '../../shared/lead/present-attributes.ts';
import type { Value } from '../../shared/rule/value.ts';
import { asMember, fileOf, moment, since } from '../export/exported-leads.ts';

/** Of the random files: a tenth for a run while working (`npm run test:quick`). */
const share = Number(process.env.IMPORT_SHARE ?? 1);

const mapping: ImportMapping = {
  ...{ kind: 'leads', leadId: 'leadId', events: [], columns: [], constants: [], occurredAt: { moment } },
  ...{ slugIds: false, exactIds: false },
};

type Attributes = Readonly<Record<string, Value | null>>;
interface Told {
  readonly leadId: string;
  readonly attributes: Attributes;
  readonly engagementLevel: string | null;
  readonly accountId: string;
}

function leadOf({ leadId, attributes, engagementLevel, accountId }: Told): LeadDocument {
  const document = { ...unknownLead(leadId), memberships: { seg_a: asMember }, attributes };
  const account = { accountId, version: 1, attributes: {} };
  return { ...document, engagementLevel: [engagementLevel, since], accountLink: [accountId, since], account };
}

const exported = (leads: readonly LeadDocument[], form: ExportForm) => fileOf(leads, form).toString();

/** What the messages of an import make of leads that are not known. */
function imported(csv: string, asked = mapping): LeadDocument[] {
  const [header = [], ...rows] = csvParseRows(csv.replace(/^\ufeff/, ''));
  const planner = createRowPlanner(header, asked, { startedAt: moment });
  return rows.map((cells) => {
    const mapped = planner.plan({ cells }, since);
    expect(mapped.problems).toEqual([]);
    const changes = mapped.messages.map(({ queue, body }): LeadChange => {
      if (queue === 'profile') return { kind: 'profile_change', ...profileChangeSchema.parse(JSON.parse(body)) };
      if (queue === 'level') return { kind: 'level_change', ...levelChangeSchema.parse(JSON.parse(body)) };
      return { kind: 'lead_event', ...leadEventSchema.parse(JSON.parse(body)) };
    });
    const document = mergeChanges(unknownLead(changes[0]!.leadId), changes, new Map()).document;
    return { ...document, memberships: { seg_a: asMember } };
  });
}

/** What tears cells and rows, begins formulas, or looks like another kind of value than it is. */
const unit = fc.constantFrom(...'ab15,;|"\'\r\n\t=-+@＝ü\u00a0\u200b\ufeff[]{}.e');
const text = fc.oneof(
  fc.string({ unit, maxLength: 8 }),
  fc.constantFrom('true', '5', '-5', '05', '["a"]', '[ "a" ]', '[""]', '[]', 'null', '+49 30 123456', "'+49 30 123456"),
  fc.constantFrom("'=1", "''=1", ' Hot ', '{}', '1e3', '-1e-7', 'attributes.a'),
);
const name = fc.oneof(
  text.filter((some) => some.trim() !== '' && !/^[\p{C}\s]*$/u.test(some)),
  fc.constantFrom('leadId', 'since', 'attributeKinds', 'attributes.leadId', '__proto__', 'constructor', "'=a", ' a '),
);
const value = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
  fc.constant(null),
);
const attributeMap = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map((entries): Attributes => Object.fromEntries(entries));
const told: fc.Arbitrary<Told> = fc.record({
  leadId: fc.constantFrom('l1', 'Ann@Example.com', '=l', '+4930', '-1', '@l'),
  attributes: attributeMap,
  engagementLevel: fc.oneof(text, fc.constant(null)),
  accountId: fc.constantFrom('acme', '=acme', 'ACME@Example.com'),
});

describe('an export that is imported again', () => {
  test('for data, tells every attribute exactly: 10,000 maps', () => {
    const leads = fc.array(told, { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(leads, (some) => {
        const documents = some.map(leadOf);
        const fields = [...new Set(some.flatMap(({ attributes }) => Object.keys(attributes)))];
        const again = imported(exported(documents, { fields, purpose: 'data' }));
        const attributesOf = (all: readonly LeadDocument[]) => all.map((lead) => presentAttributes(lead.attributes));
        expect(attributesOf(again)).toEqual(attributesOf(documents));
      }),
      { numRuns: 200 * share },
    );
  });

  test.each(exportPurposes)('for a %s, is byte for byte the same when it is exported again', (purpose) => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 10 }), (some) => {
        const fields = [...new Set(some.flatMap(({ attributes }) => Object.keys(attributes)))];
        const before = exported(some.map(leadOf), { fields, purpose });
        const again = imported(before).map((lead) => ({
          ...lead,
          account: { accountId: lead.accountLink?.[0] ?? '', version: 1, attributes: {} },
        }));
        expect(exported(again, { fields, purpose })).toBe(before);
      }),
      { numRuns: 300 * share },
    );
  });

  test('gives phone numbers, lists and names back, and none of its own columns as an attribute', () => {
    const attributes = { phone: '+49 30 1234567', note: '=1+1', tags: ['a', 'b'], since: 'May', "'=x": 'y' };
    const lead = leadOf({ leadId: 'l1', attributes, engagementLevel: 'Hot', accountId: 'acme' });
    const segments = [{ id: 'seg_a', name: '=About, a' }];
    const csv = exported([lead], { fields: Object.keys(attributes), segments });
    expect(csv.startsWith('\ufeffleadId,')).toBe(true);
    expect(csv).toContain(",+49 30 1234567,'=1+1,");
    const [again] = imported(csv);
    expect(again).toMatchObject({ attributes, engagementLevel: ['Hot', since], accountLink: ['acme', since] });
    expect(Object.keys(again!.attributes).sort()).toEqual(Object.keys(attributes).sort());
  });

  test('may have its columns in another order, or further ones, and takes events as any file does', () => {
    const lead = leadOf({ leadId: 'l1', attributes: { n: 5, at: moment }, engagementLevel: 'Hot', accountId: 'a' });
    const rows = csvParseRows(exported([lead], { fields: ['n', 'at'], purpose: 'data' }));
    const turned = csvOf([...rows.map((row, index) => [...row, ['more', "'=1"][index]!].reverse())], {
      purpose: 'data',
    });
    const events = [{ eventType: 'Visit', momentColumn: 'at', fields: {} }];
    const [again] = imported(turned, { ...mapping, events } as ImportMapping);
    expect(again?.attributes).toEqual({ n: 5, at: moment, more: "'=1" });
    expect(again?.eventTypes).toEqual(['Visit']);
  });

  test.each([
    ['no JSON', '{"n":', '5', 'attributeKinds: is not as an export writes it'],
    ['no number', '{"n":"number"}', 'five', 'n: "five" is no number'],
    ['no list', '{"n":"list"}', '["a"', 'n: "["a"" is no list'],
    ['an unknown kind', '{"n":"map"}', '{}', 'n: "{}" is no map'],
  ])('is refused row by row where its kinds do not fit: %s', (_, kinds, cell, problem) => {
    const [header = []] = csvParseRows(exported([], { fields: ['n'], purpose: 'data' }));
    const cells = ['l1', moment, 'rules', '', '', '', '', kinds, cell];
    const planned = createRowPlanner(header, mapping, { startedAt: moment }).plan({ cells }, since);
    expect(planned).toMatchObject({ messages: [], problems: [{ reason: problem }], isRefused: true });
  });

  test('is any other file where one of its own columns is missing', () => {
    const header = ['leadId', 'since', 'source', 'engagementLevel', 'profileLevel', 'accountId'];
    const cells = ['L@X.example', 'May', "'=1"];
    const planned = createRowPlanner(header, mapping, { startedAt: moment }).plan({ cells }, since);
    expect(JSON.parse(planned.messages[0]!.body)).toMatchObject({
      ...{ leadId: 'l@x.example', attributes: { since: 'May', source: "'=1" } },
    });
  });
});
