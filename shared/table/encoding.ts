import { UnreadableFileError } from './unreadable-file.ts';
import { createUtf8Scan } from './utf8-scan.ts';

const singleByteEncodings = [
  ...['windows-1252', 'windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'windows-1257'],
  ...['iso-8859-2', 'iso-8859-5', 'iso-8859-7', 'iso-8859-15', 'macintosh', 'koi8-r', 'ibm866'],
] as const;

/** The encodings that a file can be read in. Those after UTF-8 and UTF-16 have one byte a character. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', ...singleByteEncodings] as const;

/** An encoding, by its name in the Encoding Standard. */
export type Encoding = (typeof encodings)[number];

/** The encoding that people call so ("UTF8", "Latin-1", "ANSI", "cp1252"); undefined for others. */
export function encodingCalled(name: string): Encoding | undefined {
  const plain = name.trim().toLowerCase().replaceAll('_', '-');
  const others: Readonly<Record<string, Encoding>> = {
    utf8: 'utf-8',
    'utf-16': 'utf-16le',
    unicode: 'utf-16le',
    ansi: 'windows-1252',
    latin1: 'windows-1252',
    'latin-1': 'windows-1252',
    'iso-8859-1': 'windows-1252',
    macroman: 'macintosh',
  };
  const windows = plain.replace(/^cp-?(?=125)/, 'windows-');
  return (
    encodings.find((encoding) => encoding === windows) ?? (Object.hasOwn(others, plain) ? others[plain] : undefined)
  );
}

/** How a file's bytes are text: its encoding, and how many bytes of byte order mark come before. */
export interface DetectedEncoding {
  readonly encoding: Encoding;
  readonly markBytes: number;
}

const marks: ReadonlyArray<readonly [readonly number[], Encoding]> = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** The byte order mark that a file begins with, if there is one. */
export function markOf(head: Uint8Array): DetectedEncoding | undefined {
  const found = marks.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  return found && { encoding: found[1], markBytes: found[0].length };
}

/** Bytes of a file's beginning that are enough for what is told from it: `detectEncoding` looks at so many at once. */
export const headBytes = 64 * 1024;

/**
 * Finds the encoding of a whole file: a byte order mark decides; zeros beside ASCII tell UTF-16; what is valid UTF-8 to the
 * last byte is UTF-8; the rest is Windows-1252. Throws `UnreadableFileError` where that would be a guess: a few bad bytes in
 * what is UTF-8 otherwise, bytes that Windows-1252 does not have, and zeros, which no text has.
 */
export async function detectEncoding(head: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<DetectedEncoding> {
  const marked = markOf(head);
  if (marked) return marked;
  const wide = wideEncodingOf(head);
  if (wide) return { encoding: wide, markBytes: 0 };
  const scan = createUtf8Scan();
  let offset = 0;
  let unknownAt: number | undefined;
  for await (const chunk of chunks) {
    const zero = chunk.indexOf(0);
    if (zero >= 0) throw new UnreadableFileError(`This is no text: byte ${offset + zero + 1} of it is zero.`);
    scan.push(chunk);
    if (unknownAt === undefined && scan.faults > 0) {
      const unknown = chunk.findIndex((byte) => byte > 0x7f && byte < 0xa0 && windows1252[byte - 0x80] === 0);
      if (unknown >= 0) unknownAt = offset + unknown;
    }
    offset += chunk.length;
  }
  scan.end();
  if (scan.faults === 0) return { encoding: 'utf-8', markBytes: 0 };
  if (scan.characters > scan.faults) throw new UnreadableFileError(brokenUtf8(scan.firstFault!));
  if (unknownAt === undefined) return { encoding: 'windows-1252', markBytes: 0 };
  const where = `byte ${unknownAt + 1} is in neither`;
  throw new UnreadableFileError(
    `The encoding is not UTF-8 and not Windows-1252 (${where}): name it, such as macintosh.`,
  );
}

/** What is wrong with a file that is UTF-8 but for that byte (counted from 0). */
export function brokenUtf8(offset: number): string {
  return `Byte ${offset + 1} is not valid UTF-8: save the file as UTF-8 again, or name its encoding.`;
}

/** UTF-16 without a mark: text is mostly ASCII, of which every other byte is zero. */
function wideEncodingOf(head: Uint8Array): Encoding | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2]!++;
  const [even = 0, odd = 0] = zeros;
  if (odd * 4 > head.length && even * 8 < odd) return 'utf-16le';
  if (even * 4 > head.length && odd * 8 < even) return 'utf-16be';
  return undefined;
}

// Decoders of this name are wrong in some versions of Node.js, which take it for Latin-1. Zero: there is no such character.
const windows1252 = [
  ...[0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0],
  ...[
    0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
    0x0178,
  ],
];

/** The UTF-16 unit of each byte from 0x80 on in an encoding of one byte a character; 0 where there is none. */
export function upperHalfOf(encoding: Encoding): Uint16Array {
  if (encoding === 'windows-1252') {
    return Uint16Array.from({ length: 128 }, (_, index) => windows1252[index] ?? index + 0x80);
  }
  const decoder = new TextDecoder(encoding, { fatal: false });
  return Uint16Array.from({ length: 128 }, (_, index) => {
    const unit = decoder.decode(Uint8Array.of(index + 0x80)).charCodeAt(0);
    return unit === 0xfffd ? 0 : unit;
  });
}
