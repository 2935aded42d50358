import { describe, expect, it } from 'vitest';
import { createRowMapper, type ImportMapping, type LeadMapping, slugOf } from '../../../tools/import/import-mapping.ts';

const moment = '2026-11-22T09:00:00.000Z';
const now = Date.parse(moment);
const leads: LeadMapping = {
  kind: 'leads',
  leadId: 'id',
  events: [],
  occurredAt: { moment },
  slugIds: false,
  exactIds: false,
};
const accounts: ImportMapping = {
  kind: 'accounts',
  accountId: 'name',
  occurredAt: { moment },
  slugIds: false,
  exactIds: false,
};

function map(header: string[], cells: string[], mapping: ImportMapping = leads) {
  const mapped = createRowMapper(header, mapping).mapRow(cells, now);
  if ('problem' in mapped) return mapped.problem;
  return mapped.messages.map(({ queue, body }) => ({ queue, ...(JSON.parse(body) as object) }));
}

describe('a row of leads', () => {
  it('becomes one profile change with all other columns as text', () => {
    expect(map(['id', 'Zip', 'Total Visits'], ['1', '01234', '2.5'])).toEqual([
      { queue: 'profile', leadId: '1', occurredAt: moment, attributes: { Zip: '01234', 'Total Visits': '2.5' } },
    ]);
  });

  it('leaves out empty cells, cells of spaces, missing cells and columns without a name', () => {
    const [change] = map(['id', 'a', 'b', '', 'c'], ['1', '', '  ', 'x']) as unknown as [{ attributes: object }];
    expect(change.attributes).toEqual({});
  });

  it('keeps spaces in cells and header names as they are, and an attribute with a name of JavaScript', () => {
    const [change] = map(['id', ' City', '__proto__'], ['1', ' Pune ', 'x']) as unknown as [{ attributes: object }];
    expect(JSON.stringify(change.attributes)).toBe('{" City":" Pune ","__proto__":"x"}');
  });

  it('becomes a level change where there are levels, which stay attributes', () => {
    const mapping = { ...leads, engagementLevel: 'E', profileLevel: 'P' };
    expect(map(['id', 'E', 'P'], ['1', 'Hot ', ''], mapping)).toEqual([
      { queue: 'profile', leadId: '1', occurredAt: moment, attributes: { E: 'Hot ' } },
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
    const mapper = createRowMapper(['id', 'Company'], { ...leads, accountId: 'Company' });
    const mapped = (id: string, company = '') => {
      const row = mapper.mapRow([id, company], now);
      if ('problem' in row) throw new Error(row.problem);
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
    expect(map(header, ['1', 'Acme Corporation'], mapping)).toContain('"Acme Corporation" in column "Company"');
    expect(map(header, ['1', 'Acme Corporation'], { ...mapping, slugIds: true })).toMatchObject([
      { accountId: 'acme-corporation', attributes: { Company: 'Acme Corporation' } },
    ]);
  });

  it('takes its moment from a column', () => {
    const mapping = { ...leads, occurredAt: { column: 'Changed' } };
    expect(map(['id', 'Changed'], ['1', '2026-11-20'], mapping)).toMatchObject([
      { occurredAt: '2026-11-20T00:00:00.000Z' },
    ]);
  });

  it.each([
    ['an empty lead id', ['', 'x'], leads, 'has no lead id in column "id"'],
    ['a lead id that is none', ['a b', 'x'], leads, 'leadId: must be 1 to 128 letters'],
    ['more cells than the header', ['1', 'x', 'y'], leads, 'has 3 cells, the header has 2'],
    ['an attribute above 4 KB', ['1', 'x'.repeat(4_097)], leads, 'attributes/a: is 4097 bytes'],
    ['no moment', ['1', ''], { ...leads, occurredAt: { column: 'a' } }, 'has no moment in column "a"'],
    ['a moment that is none', ['1', '22.11.2026'], { ...leads, occurredAt: { column: 'a' } }, '"22.11.2026" in column'],
    ['a moment to come', ['1', '2026-11-24'], { ...leads, occurredAt: { column: 'a' } }, 'more than 24 h ahead'],
  ])('is refused for %s', (_, cells, mapping, problem) => {
    expect(map(['id', 'a'], cells, mapping as ImportMapping)).toContain(problem);
  });
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
    expect(map(['name'], [' '], accounts)).toBe('has no account id in column "name"');
    expect(map(['name'], ['! #'], { ...accounts, slugIds: true })).toContain('nothing to make a slug of');
  });
});

describe('a header', () => {
  it('is refused when a column is not in it, with the nearest name', () => {
    expect(() => createRowMapper(['ID', 'a'], leads)).toThrow('There is no column "id". Did you mean "ID"?');
    expect(() => createRowMapper(['key', ''], leads)).toThrow('The header has: key.');
  });

  it('tells which columns are left out', () => {
    expect(createRowMapper(['id', '', 'a', 'a'], leads).notices).toEqual([
      'Column 2 has no name and is left out.',
      'Column 4 is named "a" as column 3 is, and is left out.',
    ]);
  });
});

it('makes slugs that are ids', () => {
  expect(slugOf(`  ${'Ümlaut – GmbH '.repeat(20)}`)).toMatch(/^[a-z][a-z-]{0,126}[a-z]$/);
});
