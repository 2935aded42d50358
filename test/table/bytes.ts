import type { Encoding } from '../../shared/table/encoding.ts';
import { upperHalfOf } from '../../shared/table/encoding.ts';
import type { ReadBytes } from '../../shared/table/table-file.ts';

/** A file in memory, given out in chunks of that many bytes. */
export function bytesReader(bytes: Uint8Array, chunkBytes = 64 * 1024): ReadBytes {
  return async function* (from) {
    for (let at = from; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
}

/** A text in an encoding; undefined when it has characters that the encoding does not have. */
export function encodeText(text: string, encoding: Encoding, withMark = false): Uint8Array | undefined {
  const marked = withMark ? `\uFEFF${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked, 'utf8');
  if (encoding === 'utf-16le') return Buffer.from(marked, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(marked, 'utf16le').swap16();
  const upper = upperHalfOf(encoding);
  const bytes = Array.from(text, (character) => {
    const unit = character.charCodeAt(0);
    if (character.length === 1 && unit < 0x80) return unit;
    const index = character.length === 1 ? upper.indexOf(unit) : -1;
    return index < 0 ? -1 : index + 0x80;
  });
  return bytes.includes(-1) ? undefined : Uint8Array.from(bytes);
}
