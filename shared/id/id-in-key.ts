/**
 * What parts ids in keys, or sorts before it; and what sorts otherwise in JavaScript (by halves of characters) than in
 * DynamoDB (by bytes). Stored keys are made so: what is encoded, and how, never changes.
 */
const encodedInKeys = /[!#%]|[\u{10000}-\u{10ffff}]/gu;

/** Nearly all ids are in keys as they are, which this finds out sooner. Scans read and compare millions. */
const mayBeEncoded = /[!#%\ud800-\udfff]/;

/**
 * An id of another system as sort keys have it: `a#b` is `a%23b`, `𠮷` is `%u20bb7`. It has at most 448 bytes there, and
 * sorts alike in JavaScript and DynamoDB.
 */
export function idInKey(id: string): string {
  if (!mayBeEncoded.test(id)) return id;
  return id.replace(encodedInKeys, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 2 ? `%u${code}` : `%${code}`;
  });
}

/** The id that is so in a key. */
export function idOfKey(key: string): string {
  if (!key.includes('%')) return key;
  return key.replace(/%(?:u(.{5})|(..))/g, (_, beyond?: string, mark?: string) =>
    String.fromCodePoint(Number.parseInt(beyond ?? mark ?? '', 16)),
  );
}

/** Whether an id comes after another one in tables. */
export function isAfterInKeys(id: string, other: string): boolean {
  return idInKey(id) > idInKey(other);
}
