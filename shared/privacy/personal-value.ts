/** More words than that are free text: somebody wrote a sentence. */
const maximumWords = 6;
const maximumCharacters = 60;

/** How streets are called; beside a number they make an address. */
const streetWord =
  '(?:street|st\\.|road|rd\\.|avenue|ave\\.?|lane|boulevard|blvd\\.?|drive|square|rue|via|calle|plaza|platz|weg|gasse|allee|\\p{L}*(?:stra(?:ß|ss)e|str\\.|weg|platz|gasse|allee))';

const personalForms: readonly RegExp[] = [
  // E-mail addresses, wherever they stand, and @names.
  /[^\s@]@[^\s@]|^@\S+$/u,
  // Phone numbers: seven digits or more with nothing but what separates them. Dates are no dates of anybody in particular.
  /^(?!\d{4}-\d{2}-\d{2}$)(?=(?:\D*\d){7})\+?[\d\s()./-]*[\s()./-][\d\s()./-]*$/u,
  /^(?:tel:?\s*)?\+\s*\d[\d\s()./-]{5,}$/iu,
  // As digits alone: longer than any figure of business, or with the zero in front that figures have not.
  /^\d{10,}$/u,
  /^0\d{6,}$/u,
  // Addresses in networks.
  /^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/u,
  /^(?=.*:.*:)[\da-f:]{3,}$/iu,
  // Ids made for one: UUIDs and long runs of hexadecimal digits.
  /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iu,
  /\b(?=[a-f]*\d)[\da-f]{16,}\b/iu,
  // Addresses in the web that carry something, such as a token or a name.
  /\?\S*=/u,
  // Postal addresses.
  new RegExp(`(?:^|[\\s,])${streetWord}\\s+(?:\\p{L}+\\s+){0,3}\\d`, 'iu'),
  new RegExp(`\\d+\\p{L}?,?\\s+(?:\\p{L}+\\s+){0,3}${streetWord}(?:$|[\\s,])`, 'iu'),
  // Several lines.
  /[\r\n]/u,
];

/**
 * Whether a value looks like it is about one person: an address (e-mail, post, network), a phone number, an id made for
 * one, or free text. It errs on the side of yes.
 */
export function looksPersonal(text: string): boolean {
  const trimmed = text.trim();
  if ([...trimmed].length > maximumCharacters || trimmed.split(/\s+/u).length > maximumWords) return true;
  return personalForms.some((form) => form.test(trimmed));
}
