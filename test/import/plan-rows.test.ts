import { describe, expect, it } from 'vitest';
import { slugOf } from '../../shared/import/import-ids.ts';
import type { ImportMapping, LeadMapping } from '../../shared/import/mapping.ts';
import { createRowPlanner } from '../../shared/import/plan-rows.ts';
import { describeProblem } from '../../shared/import/problem-groups.ts';
import { createRepeatCounter } from '../../shared/import/repeats.ts';

const moment = '2026-11-22T09:00:00.000Z';
const now = Date.parse(moment);
const leads: LeadMapping = {
  kind: 'leads',
  leadId: 'id',
  events: [],
  columns: [],
  constants: [],
  occurredAt: { moment },
  slugIds: false,
  exactIds: false,
};
const accounts: ImportMapping = {
  kind: 'accounts',
  accountId: 'name',
  columns: [],
  constants: [],
  occurredAt: { moment },
  slugIds: false,
  exactIds: false,
};

const plannerOf = (header: string[], mapping: ImportMapping) =>
  createRowPlanner(header, mapping, { startedAt: moment });

function map(header: string[], cells: string[], mapping: ImportMapping = leads) {
  const { isRefused, problems, messages } = plannerOf(header, mapping).plan({ cells }, now);
  if (isRefused) return describeProblem(problems[0]!);
  return messages.map(({ queue, body }) => ({ queue, ...(JSON.parse(body) as object) }));
}

describe('a row of leads', () => {
  it('becomes one profile change with all columns as text, that of the id too', () => {
    expect(map(['id', 'Zip', 'Total Visits'], ['1', '01234', '2.5'])).toEqual([
      {
        queue: 'profile',
        leadId: '1',
        occurredAt: moment,
        attributes: { id: '1', Zip: '01234', 'Total Visits': '2.5' },
      },
    ]);
  });

  it('leaves out empty cells, cells of spaces, missing cells and columns without a name', () => {
    const [change] = map(['id', 'a', 'b', '', 'c'], ['1', '', '  ', 'x']) as unknown as [{ attributes: object }];
    expect(change.attributes).toEqual({ id: '1' });
  });

  it('trims cells and header names, and keeps an attribute with a name of JavaScript', () => {
    const [change] = map(['id', ' City', '__proto__'], ['1', ' Pune ', 'x']) as unknown as [{ attributes: object }];
    expect(JSON.stringify(change.attributes)).toBe('{"id":"1","City":"Pune","__proto__":"x"}');
  });

  it('has an id with all that a mail address may have', () => {
    expect(map(['id'], ["O'Neil!#x%y/z?{}@x.example"])).toMatchObject([{ leadId: "o'neil!#x%y/z?{}@x.example" }]);
    expect(map(['id'], ['https://social.example/in/ann?ref=a%20b'])).toMatchObject([{ queue: 'profile' }]);
    expect(map(['id'], ['"ann"@x.example'])).toMatch(/^no lead id: it must be 1 to 128/);
  });

  it('becomes a level change where there are levels, which stay attributes', () => {
    const mapping = { ...leads, engagementLevel: 'E', profileLevel: 'P' };
    expect(map(['id', 'E', 'P'], ['1', 'Hot ', ''], mapping)).toEqual([
      { queue: 'profile', leadId: '1', occurredAt: moment, attributes: { id: '1', E: 'Hot' } },
      { queue: 'level', leadId: '1', occurredAt: moment, engagementLevel: 'Hot' },
    ]);
    expect(map(['id', 'E', 'P'], ['1', '', ''], mapping)).toHaveLength(1);
  });

  it('becomes an event where there is a moment, with the same id each time', () => {
    const mapping: LeadMapping = {
      ...leads,
      events: [{ eventType: 'Form Submit', momentColumn: 'At', fields: { form_id: 'Form' } }],
    };
    const header = ['id', 'At', 'Form'];
    const [, event] = map(header, ['1', '2026-11-20 10:00', 'demo'], mapping) as unknown as [
      unknown,
      { eventId: string },
    ];
    expect(event).toMatchObject({
      queue: 'event',
      leadId: '1',
      eventType: 'Form Submit',
      occurredAt: '2026-11-20T10:00:00.000Z',
      metadata: { form_id: 'demo' },
    });
    const [, again] = map(header, ['1', '2026-11-20T10:00:00Z', 'demo'], mapping) as unknown as [
      unknown,
      { eventId: string },
    ];
    const [, other] = map(header, ['1', '2026-11-20T10:01', ''], mapping) as unknown as [unknown, { eventId: string }];
    expect(again.eventId).toBe(event.eventId);
    expect(other.eventId).not.toBe(event.eventId);
    expect(map(header, ['1', '', 'demo'], mapping)).toHaveLength(1);
  });

  it('becomes another event where any field of it differs, whatever order they are asked for in', () => {
    const idOf = (cells: string[], fields: Record<string, string>) => {
      const mapping = { ...leads, events: [{ eventType: 'Order', momentColumn: 'At', fields }] };
      const [, event] = map(['id', 'At', 'SKU', 'Sum'], cells, mapping) as unknown as [unknown, { eventId: string }];
      return event.eventId;
    };
    const fields = { sku: 'SKU', sum: 'Sum' };
    const at = '2026-11-20';
    const first = idOf(['1', at, 'a', '5'], fields);
    const others = [
      idOf(['1', at, 'a', '6'], fields),
      idOf(['1', at, 'a', ''], fields),
      idOf(['1', at, '', '5'], fields),
      idOf(['1', at, '5', 'a'], fields),
      idOf(['2', at, 'a', '5'], fields),
      idOf(['1', at, 'a', '5'], {}),
    ];
    expect(new Set([first, ...others]).size).toBe(7);
    expect(idOf(['1', at, 'a', '5'], { sum: 'Sum', sku: 'SKU' })).toBe(first);
  });

  it('folds ids that are mail addresses, and says so, unless they are to stay exact', () => {
    const planner = plannerOf(['id', 'Company'], { ...leads, accountId: 'Company' });
    const mapped = (id: string, company = '') => {
      const row = planner.plan({ cells: [id, company] }, now);
      return { ...(JSON.parse(row.messages[0]!.body) as object), ...(row.foldedId && { foldedId: row.foldedId }) };
    };
    expect(mapped(' Ann.Lee+X@Mail.Example ')).toMatchObject({
      ...{ leadId: 'ann.lee+x@mail.example', foldedId: 'Ann.Lee+X@Mail.Example' },
    });
    expect(mapped('ann@x.example', 'Sales@ACME.example')).toMatchObject({ accountId: 'sales@acme.example' });
    expect(mapped('ann@x.example')).not.toHaveProperty('foldedId');
    for (const id of ['Lead-42', 'crm:Ann@X.example', 'A@B', 'X@Y@Z.example'])
      expect(mapped(id)).toMatchObject({ leadId: id });
    const [exact] = map(['id'], ['Ann@X.example'], { ...leads, exactIds: true }) as unknown as [{ leadId: string }];
    expect(exact.leadId).toBe('Ann@X.example');
  });

  it('names its account, by a slug when asked to', () => {
    const mapping = { ...leads, accountId: 'Company' };
    const header = ['id', 'Company'];
    expect(map(header, ['1', 'acme'], mapping)).toMatchObject([{ accountId: 'acme' }]);
    expect(map(header, ['1', ''], mapping)).not.toHaveProperty('0.accountId');
    const { messages, problems } = plannerOf(header, mapping).plan({ cells: ['1', 'Acme Corporation'] }, now);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.body).not.toContain('accountId');
    expect(problems).toMatchObject([{ column: 'Company', value: 'Acme Corporation' }]);
    expect(map(header, ['1', 'Acme Corporation'], { ...mapping, slugIds: true })).toMatchObject([
      { accountId: 'acme-corporation', attributes: { Company: 'Acme Corporation' } },
    ]);
  });

  it('is a lead by a slug when asked to, where its id may not be one', () => {
    const mapping = { ...leads, slugLeadIds: true };
    const idOf = (text: string) => (map(['id'], [text], mapping) as unknown as [{ leadId: string }])[0].leadId;
    expect(idOf('Ada Lovelace')).toBe('ada-lovelace');
    expect(idOf(`https://www.x.example/in/${'a'.repeat(120)}`)).toMatch(/^https-www-x-example-in-a+$/);
    for (const id of ["o'neil@x.example", 'https://www.x.example/in/ada']) expect(idOf(id)).toBe(id);
    expect(plannerOf(['id'], mapping).plan({ cells: ['🙂 🙂'] }, now)).toMatchObject({ isRefused: true });
    expect(plannerOf(['id'], leads).plan({ cells: ['Ada Lovelace'] }, now)).toMatchObject({ isRefused: true });
  });

  it('takes its moment from a column', () => {
    const mapping = { ...leads, occurredAt: { column: 'Changed' } };
    expect(map(['id', 'Changed'], ['1', '2026-11-20'], mapping)).toMatchObject([
      { occurredAt: '2026-11-20T00:00:00.000Z' },
    ]);
  });

  it.each([
    ['an empty lead id', ['', 'x'], leads, 'no lead id in "id"'],
    ['a lead id that is none', ['a b', 'x'], leads, 'no lead id: it must be'],
    ['more cells than the header', ['1', 'x', 'y'], leads, 'more cells than the 2 of the header'],
    ['no moment', ['1', ''], { ...leads, occurredAt: { column: 'a' } }, 'no moment in "a"'],
    [
      'a moment that is none',
      ['1', '22.11.2026'],
      { ...leads, occurredAt: { column: 'a' } },
      'no date or moment in "a" (22.11.2026)',
    ],
    [
      'a moment to come',
      ['1', '2026-11-24'],
      { ...leads, occurredAt: { column: 'a' } },
      'occurredAt is more than 24 hours ahead',
    ],
  ])('is refused for %s', (_, cells, mapping, problem) => {
    expect(map(['id', 'a'], cells, mapping as ImportMapping)).toContain(problem);
  });
});

/** What is left of one row, and what is left out of it. */
function leftOf(mapping: ImportMapping, header: string[], cells: string[]) {
  const { isRefused, messages, problems } = plannerOf(header, mapping).plan({ cells }, now);
  expect(isRefused).toBe(false);
  return {
    kept: messages.map(({ queue, body }) => ({ queue, ...(JSON.parse(body) as object) })),
    leftOut: problems.map(({ reason, column }) => `${column}: ${reason}`),
  };
}

describe('a row with a cell that cannot be taken', () => {
  const header = ['id', 'a', 'b'];

  it.each([
    ['a', 'a number', { as: { kind: 'number', decimal: '.' } }, 'much', 'no number 1,234.5; left out'],
    ['a', 'a date', { as: { kind: 'date', order: 'DMY' } }, '11/28/2026', 'no date DD/MM/YYYY; left out'],
    ['a', 'a boolean', { as: { kind: 'boolean' } }, 'maybe', 'no boolean; left out'],
    ['a', '4 KB', {}, 'x'.repeat(4_097), 'is 4097 bytes; at most 4096 are possible; left out'],
  ] as const)('is sent without it: %s is not %s', (column, _, what, cell, reason) => {
    const { kept, leftOut } = leftOf({ ...leads, columns: [{ column, ...what }] }, header, ['1', cell, 'y']);
    expect(kept).toMatchObject([{ leadId: '1', attributes: { b: 'y' } }]);
    expect(leftOut).toEqual([`a: ${reason}`]);
  });

  it('is sent without its event, or its level', () => {
    const events = [
      { eventType: 'Visit', momentColumn: 'a', fields: {} },
      { eventType: { column: 'b' }, momentColumn: 'a', fields: {} },
    ];
    expect(leftOf({ ...leads, events }, header, ['1', 'soon', 'Order']).leftOut).toHaveLength(2);
    expect(leftOf({ ...leads, events }, header, ['1', '2026-11-20', 'x#y'])).toMatchObject({
      kept: [{ queue: 'profile' }, { queue: 'event', eventType: 'Visit' }],
      leftOut: [expect.stringContaining('a: event: eventType must not contain #')],
    });
    expect(leftOf({ ...leads, engagementLevel: 'a' }, header, ['1', 'x'.repeat(1_001), ''])).toMatchObject({
      kept: [{ queue: 'profile' }],
      leftOut: [expect.stringContaining('a: must have at most 1000 characters')],
    });
    const levels = { ...leads, engagementLevel: 'a', profileLevel: 'b' };
    expect(leftOf(levels, header, ['1', 'x'.repeat(1_001), 'Fit']).kept[1]).toEqual({
      ...{ queue: 'level', leadId: '1', occurredAt: moment, profileLevel: 'Fit' },
    });
    const tiers: ImportMapping = { ...accounts, accountLevel: 'tier' };
    expect(leftOf(tiers, ['name', 'tier'], ['acme', 'x'.repeat(1_001)])).toMatchObject({
      kept: [{ queue: 'account', accountId: 'acme' }],
      leftOut: ['tier: must have at most 1000 characters; left out'],
    });
  });

  it('says nothing where a program writes that there is none', () => {
    const columns = [{ column: 'a', as: { kind: 'date', order: 'MDY' } as const }];
    const events = [{ eventType: 'Visit', momentColumn: 'b', fields: {} }];
    expect(leftOf({ ...leads, columns, events }, header, ['1', '0/0/00', '--'])).toEqual({
      kept: [{ queue: 'profile', leadId: '1', occurredAt: moment, attributes: { id: '1', b: '--' } }],
      leftOut: [],
    });
  });
});

describe('what becomes of columns', () => {
  it('is what the mapping says', () => {
    const columns: LeadMapping['columns'] = [
      { column: 'Paid', attribute: 'paid', as: { kind: 'number', decimal: ',' } },
      { column: 'Born', as: { kind: 'date', order: 'DMY' } },
      { column: 'Opt-in', as: { kind: 'boolean' } },
      { column: 'Tags', as: { kind: 'list', separator: ';' } },
      { column: 'Notes', skip: true },
      { column: 'id', attribute: 'crmId' },
    ];
    const constants = [{ attribute: 'status', value: 'unsubscribed' }];
    const header = ['id', 'Paid', 'Born', 'Opt-in', 'Tags', 'Notes', 'Import problem'];
    const cells = ['1', '1.200,50 €', '3.4.1990', 'ja', 'Golf; Sailing', 'x', 'no lead id'];
    expect(map(header, cells, { ...leads, columns, constants })).toMatchObject([
      {
        attributes: {
          ...{ status: 'unsubscribed', crmId: '1', paid: 1200.5, Born: '1990-04-03', 'Opt-in': true },
          Tags: ['Golf', 'Sailing'],
        },
      },
    ]);
  });

  it('is refused when two become one', () => {
    const columns = [{ column: 'a', attribute: 'b' }];
    expect(() => plannerOf(['id', 'a', 'b'], { ...leads, columns })).toThrow('Two columns become the attribute "b".');
  });

  it('takes moments in the order that the column says', () => {
    const columns = [{ column: 'At', as: { kind: 'date', order: 'MDY' } as const }];
    const events = [{ eventType: 'Visit', momentColumn: 'At', fields: {} }];
    expect(map(['id', 'At'], ['1', '11/20/2026 5:30 PM'], { ...leads, columns, events })).toMatchObject([
      {},
      { queue: 'event', occurredAt: '2026-11-20T17:30:00.000Z' },
    ]);
  });
});

it('lets later rows of a lead be later, by a millisecond each, where they are as of the same moment', () => {
  const planner = plannerOf(['id', 'at'], { ...leads, occurredAt: { column: 'at' } });
  const rows = ['1,2026-11-20', '2,2026-11-20', '1,2026-11-20', '1,2026-11-21', '1,2026-11-20'];
  const planned = rows.map((row) => planner.plan({ cells: row.split(',') }, now));
  expect(planned.map(({ isRepeat }) => isRepeat)).toEqual([false, false, true, false, true]);
  const moments = planned.map(({ messages }) => (JSON.parse(messages[0]!.body) as { occurredAt: string }).occurredAt);
  expect(moments.map((text) => text.slice(8))).toEqual([
    ...['20T00:00:00.000Z', '20T00:00:00.000Z', '20T00:00:00.001Z', '21T00:00:00.000Z', '20T00:00:00.002Z'],
  ]);
});

it('counts repeats of very many leads exactly', () => {
  const timesBefore = createRepeatCounter();
  const count = () => Array.from({ length: 50_000 }, (_, index) => timesBefore(`lead-${index}@x.example`));
  expect(new Set(count())).toEqual(new Set([0]));
  expect(new Set(count())).toEqual(new Set([1]));
});

describe('a row of accounts', () => {
  it('becomes one account change with its level', () => {
    const mapping: ImportMapping = { ...accounts, accountLevel: 'tier' };
    expect(map(['name', 'tier', 'sector'], ['acme', 'Target', 'software'], mapping)).toEqual([
      {
        queue: 'account',
        accountId: 'acme',
        occurredAt: moment,
        accountLevel: 'Target',
        attributes: { tier: 'Target', sector: 'software' },
      },
    ]);
  });

  it('keeps the name that a slug was made of', () => {
    expect(map(['name'], ['Zoomit & Söhne'], { ...accounts, slugIds: true })).toMatchObject([
      { accountId: 'zoomit-sohne', attributes: { name: 'Zoomit & Söhne' } },
    ]);
  });

  it('is the name itself where a slug has no letters of it', () => {
    expect(map(['name'], ['株式会社'], { ...accounts, slugIds: true })).toMatchObject([{ accountId: '株式会社' }]);
  });

  it('is refused without an id, and for a name without a letter that an id can have', () => {
    expect(map(['name'], [' '], accounts)).toBe('no account id in "name"');
    expect(map(['name'], ['! #'], { ...accounts, slugIds: true })).toContain('nothing to make an account id of');
  });
});

describe('a header', () => {
  it('is refused when a column is not in it, with the nearest name', () => {
    expect(() => plannerOf(['ID', 'a'], leads)).toThrow('There is no column "id". Did you mean "ID"?');
    expect(() => plannerOf(['key', ''], leads)).toThrow('The header has: key.');
  });

  it('tells which columns are left out', () => {
    expect(plannerOf(['id', '', 'a', 'a'], leads).notices).toEqual([
      'Column 2 has no name and is left out.',
      'Column 4 is named "a" as column 3 is, and is left out.',
    ]);
  });
});

it('makes slugs that are ids', () => {
  expect(slugOf(`  ${'Ümlaut – GmbH '.repeat(20)}`)).toMatch(/^[a-z][a-z-]{0,126}[a-z]$/);
});
