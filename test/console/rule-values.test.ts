import { describe, expect, it } from 'vitest';
import { nearName } from '../../console/drafts/near-name.ts';
import { pastedList } from '../../console/drafts/pasted-list.ts';

describe('a pasted list', () => {
  it.each([
    ['Berlin, Paris;Rome', ['Berlin', 'Paris', 'Rome']],
    ['"Acme, Inc.", Foo', ['Acme, Inc.', 'Foo']],
    ['Acme, Inc.\nFoo; Bar\n\n', ['Acme, Inc.', 'Foo; Bar']],
    ['"Say ""hi"", you"\r\nNext', ['Say "hi", you', 'Next']],
    ['a\tb\tc', ['a', 'b', 'c']],
    ['5" pipe, 6" pipe', ['5" pipe', '6" pipe']],
    ['"open, ended', ['"open', 'ended']],
    ['"two\nlines", one', ['two\nlines', 'one']],
    ['a, a, ,b', ['a', 'b']],
    ['one value', ['one value']],
  ])('%j', (text, values) => {
    expect(pastedList(text)).toEqual(values);
  });
});

describe('what may have been meant', () => {
  const known = ['country', 'city', 'job_title', 'Germany', 'São Paulo'];
  it.each([
    ['contry', 'country'],
    ['Gemrany', 'Germany'],
    ['job title', 'job_title'],
    ['COUNTRY', undefined],
    ['sao paulo', 'São Paulo'],
    ['cty', 'city'],
    ['plan', undefined],
    ['ci', undefined],
  ])('%s: %s', (text, expected) => {
    expect(nearName(text, known)).toBe(expected);
  });
});
