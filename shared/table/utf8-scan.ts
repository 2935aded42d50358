/** What bytes look like as UTF-8, however they are cut into chunks. */
export interface Utf8Scan {
  push(chunk: Uint8Array): void;
  /** Call it after the last chunk: a character may be cut off. */
  end(): void;
  /** Characters of two bytes and more. */
  readonly characters: number;
  /** Places that are not valid. */
  readonly faults: number;
  /** Offset of the first byte of the first such place, from the first chunk. */
  readonly firstFault: number | undefined;
}

/** Reads bytes as the Encoding Standard decodes UTF-8, without making text of them. */
export function createUtf8Scan(): Utf8Scan {
  let offset = 0;
  let start = 0;
  let missing = 0;
  let low = 0x80;
  let high = 0xbf;
  let characters = 0;
  let faults = 0;
  let firstFault: number | undefined;

  const fault = (at: number) => {
    missing = 0;
    faults++;
    firstFault ??= at;
  };
  const begin = (byte: number, at: number) => {
    start = at;
    [low, high] = [0x80, 0xbf];
    if (byte >= 0xc2 && byte <= 0xdf) missing = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      missing = 2;
      if (byte === 0xe0) low = 0xa0;
      if (byte === 0xed) high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      missing = 3;
      if (byte === 0xf0) low = 0x90;
      if (byte === 0xf4) high = 0x8f;
    } else fault(at);
  };

  return {
    push(chunk) {
      for (let index = 0; index < chunk.length; index++) {
        const byte = chunk[index]!;
        if (missing === 0) {
          if (byte >= 0x80) begin(byte, offset + index);
        } else if (byte < low || byte > high) {
          fault(start);
          // It may begin a character itself.
          if (byte >= 0x80) begin(byte, offset + index);
        } else {
          [low, high] = [0x80, 0xbf];
          if (--missing === 0) characters++;
        }
      }
      offset += chunk.length;
    },
    end() {
      if (missing > 0) fault(start);
    },
    get characters() {
      return characters;
    },
    get faults() {
      return faults;
    },
    get firstFault() {
      return firstFault;
    },
  };
}
