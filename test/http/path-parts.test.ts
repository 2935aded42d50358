import { expect, test } from 'vitest';
import { pathPart, textOfPart } from '../../shared/http/path-parts.ts';

test.each([
  ['ann@x.example', 'ann%40x.example'],
  ["o'neil!#x@x.example", "o'neil!%23x%40x.example"],
  ['a/b?c%d', 'a%252fb%253fc%2525d'],
  ['a%2Fb', 'a%25252Fb'],
  ['..', '%252e.'],
  ['.', '%252e'],
  ['..a', '..a'],
])('%s is %s in a path, and is read again after API Gateway decoded it', (text, part) => {
  expect(pathPart(text)).toBe(part);
  const delivered = decodeURIComponent(part);
  expect(delivered).not.toMatch(/[/?]|^\.\.?$/);
  expect(textOfPart(delivered)).toBe(text);
  // Whatever resolves paths on the way leaves it alone.
  expect(new URL(`https://api.example/leads/${part}/segments`).pathname).toBe(`/leads/${part}/segments`);
});

test('what is no encoding of anything is the text itself', () => {
  expect(textOfPart('100%')).toBe('100%');
});
