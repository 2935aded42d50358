import type { ExportedMember } from './exported-member.ts';

/** Makes bytes of members: all of a file, or what comes after the parts that it has. */
export interface MemberEncoder {
  readonly add: (members: readonly ExportedMember[]) => void;
  /** How many bytes it has made so far; of what was added last they may be still to come. */
  readonly bytes: () => number;
  /**
   * All bytes, and those that a file has behind them which ends there: nothing, or what tells where everything is. Nothing
   * is added after that.
   */
  readonly end: () => { readonly content: Uint8Array; readonly footer: Uint8Array };
}

/** An encoder of members as text, behind `start`; a file of text may end anywhere. */
export function createTextEncoder(
  start: Uint8Array,
  textOf: (members: readonly ExportedMember[]) => string,
): MemberEncoder {
  const pieces = [start];
  let bytes = start.length;
  return {
    add: (members) => {
      const piece = Buffer.from(textOf(members));
      pieces.push(piece);
      bytes += piece.length;
    },
    bytes: () => bytes,
    end: () => ({ content: Buffer.concat(pieces), footer: new Uint8Array() }),
  };
}
