import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every page that people read, by its path from the root. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A page without its blocks of code, in which nothing is a link or a heading. */
export const withoutCodeBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** A block of JSON, and what the comment above it says that it is an example of. */
export interface JsonExample {
  /** A route, such as `GET /segments/{segmentId}`; undefined without such a comment. */
  readonly of: string | undefined;
  /** `body`, or the status of an answer. */
  readonly what: string | undefined;
  readonly json: string;
  /** Where the block begins, from 1. */
  readonly line: number;
}

/** The blocks of JSON of a page. `<!-- example: ROUTE body -->`, or a status for `body`, is to be the line before each. */
export function jsonExamplesOf(text: string): JsonExample[] {
  const blocks = text.matchAll(/(?:^<!-- example: (\S+ \S+) (\w+) -->\n)?^```json\n([\s\S]*?)\n```$/gm);
  return [...blocks].map(({ 0: all, 1: of, 2: what, 3: json = '', index }) => {
    const line = text.slice(0, index + all.indexOf('```json')).split('\n').length;
    return { of, what, json, line };
  });
}

/** What is between backticks, outside of blocks of code. */
export const codeSpansOf = (text: string): string[] =>
  [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** Every address that a page links to. */
export const linksOf = (text: string): string[] =>
  [...withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, address = '']) => address);

/** The texts of a page's headings. */
export const headingsOf = (text: string): string[] =>
  [...withoutCodeBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);

/** The anchors of a page, as GitHub makes them of its headings: of equal ones, the second ends in -1. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headingsOf(text)) {
    const plain = heading.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The rows of the first table below a heading, as the texts of their cells; without the two lines on top. */
export function tableBelow(text: string, heading: string): string[][] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  if (from < 0) throw new Error(`There is no heading "${heading}"`);
  const first = lines.findIndex((line, index) => index > from && line.startsWith('|'));
  const last = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, last < 0 ? undefined : last).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
