import { createHash } from 'node:crypto';

/**
 * The same event of the same file has the same id each time, so that importing it again changes nothing; one with another
 * value in a field is another event.
 */
export function importedEventId(
  leadId: string,
  eventType: string,
  moment: string,
  metadata: Readonly<Record<string, string>>,
): string {
  const fields = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const event = [leadId, eventType, moment, ...(fields.length > 0 ? [fields] : [])];
  return `import-${createHash('sha256').update(JSON.stringify(event)).digest('hex').slice(0, 32)}`;
}

/** Not an id of another system that has one in it, such as `crm:Ann@X.example`. */
const mailAddress = /^[^\s@:|]+@[^\s@:|]+\.[^\s@:|]+$/;

/** An id as it is meant: mail addresses are the same in upper and lower case. */
export function foldId(id: string): string {
  return id.length <= 128 && mailAddress.test(id) ? id.toLowerCase() : id;
}

/** An id of which no slug is made, though ids may have more: names that differ only in accents share a slug. */
const plainId = /^[A-Za-z0-9._:@+|=-]{1,128}$/;

/** Whether a name is to be made a slug of, where slugs are made. */
export const isForSlug = (name: string) => !plainId.test(name);

/** An id made of a name: "Acme Corporation" is `acme-corporation`. Names that differ only in accents, case or punctuation share it. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 128)
    .replace(/^-|-$/g, '');
}
