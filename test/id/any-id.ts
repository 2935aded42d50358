import fc from 'fast-check';
import { outsideId } from '../../shared/id/outside-id.ts';

/** What parts keys and paths, what is encoded, what sorts otherwise by bytes, what joins what is before it, and more. */
const character = fc.constantFrom(..."!#$%&/?.:|~'+=@_aAzü東", '\u0308', 'ｚ', '\ufb1d', '𐐀', '𠮷', '𝒶', '%23', '%u');

/** Ids that may be, short ones that share their beginnings, as the schema keeps them. */
export const anyId = fc.string({ unit: character, minLength: 1, maxLength: 5 }).map((id) => outsideId.parse(id));
