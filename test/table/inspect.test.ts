import { describe, expect, it } from 'vitest';
import { nameOfKind } from '../../shared/table/column-kind.ts';
import { createColumnProfile } from '../../shared/table/column-profile.ts';
import { inspectFile, type KnownFile } from '../../shared/table/inspect.ts';
import { bytesReader } from './bytes.ts';

const inspect = (text: string, known?: KnownFile) => inspectFile(bytesReader(Buffer.from(text)), known);

describe('the table in a file', () => {
  it.each([
    ['a,b\n1,2\n', 1, 1],
    ['Report,\nMade at:,28 Nov 2026\n\nName,Email,City\nAnn,ann@x.example,Bern\nBob,bob@x.example,Rome\n', 4, 2],
    ['Title of a report\n\nname;city\nAnn;Bern\n', 3, 1],
    ['email\nann@x.example\nbob@x.example\n', 1, 2],
    ['ann@x.example,Ann\nbob@x.example,Bob\n', 0, 2],
    ['id,2024,region,owner,city\n1,5,a,b,c\n', 1, 1],
    ['id,a,\n1,2,\n', 1, 1],
    ['\n\nid,a\n1,2\n', 3, 1],
  ])('%j begins in line %i and has %i rows', async (text, headerLine, rows) => {
    expect(await inspect(text)).toMatchObject({ layout: { headerLine }, rows });
  });

  it('begins where a person says', async () => {
    expect((await inspect('x,y\nid,a\n1,2\n', { headerLine: 2 })).layout.header).toEqual(['id', 'a']);
    expect((await inspect('Ann,Bern\nBob,Rome\n', { headerLine: 0 })).layout.header).toEqual(['Column 1', 'Column 2']);
    await expect(inspect('id,a\n', { headerLine: 5 })).rejects.toThrow('No row begins in line 5.');
    await expect(inspect('\n , \n')).rejects.toThrow('The file has no rows.');
  });

  it('is told from headers that come again, titles, totals and other tables', async () => {
    const text =
      'id,name,sum\n1,Ann,5\nid,name,sum\n2,Bob,6\nTotal,,11\n\nPrepared for you\nother,table\n1,2\n3,Cid,7\n4\n';
    const { rows, notices } = await inspect(text);
    expect(rows).toBe(4);
    expect(notices).toEqual([
      'Left out, the header again: line 3.',
      'Left out, no rows of the table: line 5, 7, 8, 9, such as "Total".',
    ]);
  });
});

function profile(cells: readonly string[], name = 'x', separator = ',') {
  const column = createColumnProfile(name, { separator });
  for (const cell of cells) column.add(cell);
  return column.result();
}

describe('a column', () => {
  it.each([
    [['Ann', 'Bob'], 'text'],
    [['', ' '], 'text'],
    [['1', '2.5', '-3'], 'number 1,234.5'],
    [['01234', '80331'], 'text'],
    [['+49 30 123', '+41 44 123'], 'text'],
    [['12345678901234567890'], 'text'],
    [['$1,200.00', '$5'], 'number 1,234.5'],
    [['1.200,50', '7'], 'number 1.234,5'],
    [['10%', '12.5%'], 'number 1,234.5'],
    [['(50)', '1,000'], 'number 1,234.5'],
    [['2026-11-28', '2026-11-29 10:00'], 'date YYYY-MM-DD'],
    [['28/11/2026', '1/2/2026'], 'date DD/MM/YYYY'],
    [['11/28/2026', '1/2/2026', 'n/a', '-'], 'date MM/DD/YYYY'],
    [['28 Nov 2026'], 'date YYYY-MM-DD'],
    [['yes', 'no', 'Yes'], 'boolean'],
    [['TRUE', 'FALSE'], 'boolean'],
    [['1', '0', '1'], 'number 1,234.5'],
    [['Golf;Sailing', 'Golf', 'Golf;Tennis'], 'list ;'],
    [['a|b', 'b|c'], 'list |'],
    [['["a","b"]', '["b"]'], 'list json'],
    [['Clients ::: Friends', 'Clients'], 'list :::'],
    [['Sales, Marketing', 'Sales', 'Marketing, Sales', 'Sales, IT', 'IT'], 'list ,'],
    [['Berlin, Germany', 'Paris, France', 'Rome, Italy'], 'text'],
    [['I like it; really.', 'No; not me'], 'text'],
    [['Main Street 5, Berlin', 'Main Street 6, Berlin', 'Main Street 7, Berlin'], 'text'],
  ])('of %j is %s', (cells, kind) => {
    expect(nameOfKind(profile(cells).kind)).toBe(kind);
  });

  it('can be a list by its name', () => {
    expect(nameOfKind(profile(['vip, 2026', ''], 'Tags').kind)).toBe('list ,');
  });

  it.each([
    [['03/04/2026', '05/06/2026'], ['date MM/DD/YYYY']],
    [['03/03/2026'], []],
    [['1,234', '5,678'], ['number 1.234,5']],
    [['1.234', '5.678'], []],
    [['12', '5'], []],
  ])('of %j may also be %j', (cells, names) => {
    expect(profile(cells).orElse.map(nameOfKind)).toEqual(names);
  });

  it('tells how full it is, what does not fit, and shows different cells', () => {
    const cells = [...Array.from({ length: 20 }, (_, index) => `${index % 7}.5 €`), '', 'unknown'];
    expect(profile(cells)).toMatchObject({ rows: 22, filled: 21, misfits: 1, isUnique: false, isPlain: false });
    expect(profile(cells).samples).toEqual(['0.5 €', '1.5 €', '2.5 €', '3.5 €', '4.5 €']);
    expect(profile(['a@x.example', 'b@x.example', 'none']).addresses).toBeCloseTo(2 / 3);
  });
});
