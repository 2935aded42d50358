import { z } from 'zod';
import type { ErrorCode } from '../problem/error-codes.ts';
import { textOf } from '../rule/text-schema.ts';
import { fold, isEmpty, type Value } from '../rule/value.ts';

/** Which attributes of a lead people know it by. */
export interface DisplayFields {
  /** Those whose values, with spaces between, are its name. */
  readonly name: readonly string[];
  readonly email?: string | undefined;
}

/** What people know a lead by. */
export interface LeadDisplay {
  readonly displayName?: string;
  readonly email?: string;
}

const attributeName = textOf(1_000);

/** The body of `PUT /vocabulary/display`. */
export const saveDisplaySchema = z.strictObject({
  name: z
    .array(attributeName)
    .max(3)
    .refine((names) => new Set(names).size === names.length, {
      error: 'must be different fields',
      params: { code: 'repeated' satisfies ErrorCode },
    }),
  email: attributeName.optional(),
});

/** Names of fields without what only sets words apart: `First_Name`, `firstName` and `first name` are one. */
const plain = (name: string) => fold(name).replace(/[^\p{L}\p{N}]/gu, '');

const wholeNames = ['fullname', 'displayname', 'name', 'contactname', 'leadname'];
const firstNames = ['firstname', 'givenname', 'forename', 'vorname', 'prenom', 'nombre'];
const lastNames = ['lastname', 'surname', 'familyname', 'nachname', 'nom', 'apellido', 'apellidos'];
const emails = ['email', 'emailaddress', 'mail', 'workemail', 'businessemail', 'primaryemail'];

/** The likeliest of the fields that leads were seen with, in several languages; without a name or an e-mail address, none. */
export function guessDisplay(fields: readonly string[]): DisplayFields {
  const byName = new Map(fields.map((field) => [plain(field), field]));
  const firstOf = (names: readonly string[]) =>
    names.map((name) => byName.get(name)).find((field) => field !== undefined);
  const [whole, first, last] = [firstOf(wholeNames), firstOf(firstNames), firstOf(lastNames)];
  const parts = [first, last].filter((field) => field !== undefined);
  const isSplit = first !== undefined && last !== undefined;
  const name = isSplit || whole === undefined ? parts : [whole];
  return { name, email: firstOf(emails) };
}

/** What people know a lead by, as far as it has it. */
export function displayOf(
  attributes: Readonly<Record<string, Value | null>>,
  { name, email }: DisplayFields,
): LeadDisplay {
  const textAt = (field: string) => {
    const value = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
    return isEmpty(value) ? undefined : String(value).trim();
  };
  const displayName = name.flatMap((field) => textAt(field) ?? []).join(' ');
  const address = email === undefined ? undefined : textAt(email);
  return { ...(displayName !== '' && { displayName }), ...(address !== undefined && { email: address }) };
}

/** Whether a lead's name, e-mail address or id has the text in it, however it is written. */
export function isShownWith(
  text: string,
  fields: DisplayFields,
): (lead: { readonly leadId: string; readonly attributes: Readonly<Record<string, Value | null>> }) => boolean {
  const part = fold(text);
  return ({ leadId, attributes }) => {
    const { displayName = '', email = '' } = displayOf(attributes, fields);
    return [displayName, email, leadId].some((shown) => fold(shown).includes(part));
  };
}
