import { z } from 'zod';

/** The most characters of an id, as JavaScript counts them: those beyond the first 65,536 of Unicode are two. */
export const maximumIdLength = 128;

const idPattern = /^[\p{L}\p{M}\p{N}.!#$%&'*+\-/=?^_`{|}~@:]{1,128}$/u;
const idMessage = `must be 1 to ${maximumIdLength} letters, digits or . _ : @ + | = - ' & $ * ? ^ \` { } ~ ! # % /`;

/** The id of a lead, an account, an event or a change, as other systems give it: what mail addresses hold, in any script. */
export const outsideId = z
  .string()
  .normalize('NFC')
  .regex(idPattern, { error: idMessage, abort: true })
  .refine((id) => id.length <= maximumIdLength, idMessage);
