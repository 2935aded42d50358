import { createHmac } from 'node:crypto';

/** A hash that only who has the key can make: it tells that a text is the same, and not which. */
export type KeyedHash = (text: string) => string;

/** Makes the keyed hash: HMAC-SHA-256, cut to 132 bits, as 22 characters of base64url. */
export function createKeyedHash(key: string): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
}
