import { brokenUtf8, type Encoding, upperHalfOf } from './encoding.ts';
import { UnreadableFileError } from './unreadable-file.ts';
import { createUtf8Scan } from './utf8-scan.ts';

/** Makes UTF-8 of a file's bytes, chunk by chunk. */
export interface Transcoder {
  /** The chunk as UTF-8. Throws `UnreadableFileError` for bytes that the encoding does not have. */
  push(chunk: Uint8Array): Uint8Array;
  /** Call it after the last chunk: throws when a character is cut off. */
  end(): void;
  /** How many bytes of the file some of that UTF-8 is; it begins and ends between characters. */
  sourceLength(utf8: Uint8Array): number;
}

/** `offset`: where in the file the first chunk begins, after any byte order mark. Nothing becomes U+FFFD. */
export function createTranscoder(encoding: Encoding, offset: number): Transcoder {
  if (encoding === 'utf-8') return createUtf8Check(offset);
  return encoding === 'utf-16le' || encoding === 'utf-16be'
    ? createUtf16Transcoder(encoding, offset)
    : createByteTranscoder(encoding, offset);
}

function createUtf8Check(offset: number): Transcoder {
  const scan = createUtf8Scan();
  const check = () => {
    if (scan.firstFault !== undefined) throw new UnreadableFileError(brokenUtf8(offset + scan.firstFault));
  };
  return {
    push(chunk) {
      scan.push(chunk);
      check();
      return chunk;
    },
    end() {
      scan.end();
      check();
    },
    sourceLength: (utf8) => utf8.length,
  };
}

const encoder = new TextEncoder();

/** Characters in UTF-8: bytes that do not continue one. */
function charactersIn(utf8: Uint8Array): number {
  let count = 0;
  for (const byte of utf8) if ((byte & 0xc0) !== 0x80) count++;
  return count;
}

function createUtf16Transcoder(encoding: 'utf-16le' | 'utf-16be', start: number): Transcoder {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let offset = start;
  const decode = (chunk: Uint8Array, isLast: boolean): string => {
    try {
      return decoder.decode(chunk, { stream: !isLast });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const name = encoding.toUpperCase();
      throw new UnreadableFileError(
        `After byte ${offset} follows what is not valid ${name}: half a character, or none.`,
      );
    }
  };
  return {
    push(chunk) {
      const text = decode(chunk, false);
      offset += chunk.length;
      return encoder.encode(text);
    },
    end: () => void decode(new Uint8Array(), true),
    sourceLength: (utf8) => 2 * (charactersIn(utf8) + utf8.filter((byte) => byte >= 0xf0).length),
  };
}

function createByteTranscoder(encoding: Encoding, start: number): Transcoder {
  const upper = upperHalfOf(encoding);
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
  let offset = start;
  return {
    push(chunk) {
      const units = new Uint16Array(chunk.length);
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index]!;
        const unit = byte < 0x80 ? byte : upper[byte - 0x80]!;
        if (unit === 0 && byte !== 0) {
          throw new UnreadableFileError(
            `Byte ${offset + index + 1} is no character of ${encoding}: name its encoding.`,
          );
        }
        units[index] = unit;
      }
      offset += chunk.length;
      return encoder.encode(decoder.decode(units));
    },
    end: () => undefined,
    sourceLength: charactersIn,
  };
}
