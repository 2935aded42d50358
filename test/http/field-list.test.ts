import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesInList } from '../../shared/http/field-list.ts';

test.each<[string, string[]]>([
  ['', []],
  [',', []],
  ['""', []],
  ['country', ['country']],
  ['country,job_title', ['country', 'job_title']],
  ['country,,job_title,', ['country', 'job_title']],
  ['"a,b",c', ['a,b', 'c']],
  ['c,"a,b"', ['c', 'a,b']],
  ['"the ""best"", or not"', ['the "best", or not']],
  ['a"b,c""d', ['a"b', 'c""d']],
  ['"a\nb", c ', ['a\nb', ' c ']],
])('%j names %j', (list, names) => {
  expect(namesInList(list)).toEqual(names);
});

test.each(['"', '"a', 'a,"b', '"a"b', '"a" ,b', '"a""', '"""'])('%j is no list', (list) => {
  expect(namesInList(list)).toBeUndefined();
});

test('whatever names there are, in quotation marks they can be named', () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', '😀'), minLength: 1 }));
  fc.assert(
    fc.property(names, (all) => {
      const list = all.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
      expect(namesInList(list)).toEqual(all);
    }),
  );
});
