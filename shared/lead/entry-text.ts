/**
 * Named values as one text that a person can read and a scan need not parse: `|country=DE|score:42|tags:["a"]|`. After
 * `=` comes text as it is, after `:` JSON. It has no quotes around names and texts, because inside the JSON of a DynamoDB
 * answer each would be escaped, and a text with escapes is several times slower to read. What would be taken for
 * punctuation, and halves of characters, are written as `%` and four hexadecimal digits.
 */
export type EntryText = string;

/** Writes entries in their order. A name may appear once. Values are what JSON can hold. */
export function writeEntries(entries: Iterable<readonly [name: string, value: unknown]>): EntryText {
  let text = '';
  for (const [name, value] of entries) text += entryText(name, value);
  return closed(text);
}

/** One entry, for who puts a text together without lists; `closed` makes entries one after the other a text. */
export function entryText(name: string, value: unknown): string {
  const key = entryKey(name);
  return typeof value === 'string' ? `${key}=${escapeText(value)}` : `${key}:${escapeText(JSON.stringify(value))}`;
}

/** The text of entries one after the other. */
export function closed(entries: string): EntryText {
  return entries === '' ? '' : `${entries}|`;
}

/** Reads every entry. */
export function readEntries<T>(text: EntryText, read: (name: string, value: T) => void): void {
  let from = 1;
  while (from < text.length) {
    const end = text.indexOf('|', from);
    let mark = from;
    while (!isMark(text.charCodeAt(mark))) mark++;
    read(unescapeText(text.slice(from, mark)), valueAt(text, mark, end));
    from = end + 1;
  }
}

/** What `entryOf` finds an entry by: made once for the many texts it is looked for in. */
export function entryKey(name: string): string {
  return `|${escapeName(name)}`;
}

/** The value of the entry with that key, as it was written; undefined when there is none. */
export function entryOf<T>(text: EntryText, key: string): T | undefined {
  let at = text.indexOf(key);
  while (at >= 0) {
    const mark = at + key.length;
    if (isMark(text.charCodeAt(mark))) return valueAt(text, mark, text.indexOf('|', mark));
    at = text.indexOf(key, mark);
  }
  return undefined;
}

const equals = 61;
const colon = 58;
const isMark = (code: number) => code === equals || code === colon;

function valueAt<T>(text: string, mark: number, end: number): T {
  const value = unescapeText(text.slice(mark + 1, end));
  return text.charCodeAt(mark) === equals ? (value as T) : JSON.parse(value);
}

const punctuationInText = /[%|]|\p{Surrogate}/gu;
const punctuationInNames = /[%|=:]|\p{Surrogate}/gu;

/** Most texts have nothing to escape, which this finds out sooner than a search by Unicode properties. */
const mayNeedEscape = /[%|=:\uD800-\uDFFF]/;

function escapeText(text: string): string {
  return mayNeedEscape.test(text) ? text.replace(punctuationInText, asCode) : text;
}

function escapeName(name: string): string {
  return mayNeedEscape.test(name) ? name.replace(punctuationInNames, asCode) : name;
}

function asCode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function unescapeText(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-F]{4})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
