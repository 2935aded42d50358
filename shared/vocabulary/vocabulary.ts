import { leadIdField } from '../lead/lead-document.ts';
import type { Levels } from '../rule/levels.ts';
import type { ValueKind } from '../rule/value.ts';

/** What was seen of one field: its kinds, and values that many share. */
export interface SeenField {
  readonly kinds: ReadonlySet<ValueKind>;
  readonly values: ReadonlySet<string>;
}

/** The place of the lead's id, which rules may read as a field. */
export const leadIdPlace = `lead:${leadIdField}`;
/** Every lead has one; none is offered. */
export const leadIdSeen: SeenField = { kinds: new Set(['text']), values: new Set() };

/** What was seen, by place: `lead:NAME`, `account:NAME`, `event:TYPE`, `event:TYPE#NAME`. */
export type Sightings = ReadonlyMap<string, SeenField>;

/** One field as a dropdown shows it. */
export interface VocabularyField {
  readonly name: string;
  readonly kinds: readonly ValueKind[];
  readonly values: readonly string[];
}

/** What the rule builder offers. */
interface Vocabulary {
  readonly lead: { readonly fields: readonly VocabularyField[] };
  readonly account: { readonly fields: readonly VocabularyField[] };
  readonly events: readonly { readonly eventType: string; readonly fields: readonly VocabularyField[] }[];
  readonly levels: Levels;
}

/** Sightings as the rule builder offers them, sorted by name. */
export function vocabularyOf(seen: Sightings, levels: Levels): Vocabulary {
  const places = [...new Map([...seen, [leadIdPlace, leadIdSeen]])].sort(([a], [b]) => (a < b ? -1 : 1));
  const fieldsAt = (prefix: string) =>
    places.flatMap(([place, { kinds, values }]) =>
      place.startsWith(prefix)
        ? [{ name: place.slice(prefix.length), kinds: [...kinds].sort(), values: offered(kinds, values) }]
        : [],
    );
  const eventTypes = places.flatMap(([place]) =>
    place.startsWith('event:') && !place.includes('#') ? [place.slice('event:'.length)] : [],
  );
  return {
    lead: { fields: fieldsAt('lead:') },
    account: { fields: fieldsAt('account:') },
    events: eventTypes.map((eventType) => ({ eventType, fields: fieldsAt(`event:${eventType}#`) })),
    levels,
  };
}

/** Sorted; a field with a boolean can have either. */
function offered(kinds: SeenField['kinds'], values: SeenField['values']): string[] {
  return [...new Set([...values, ...(kinds.has('boolean') ? ['false', 'true'] : [])])].sort();
}

/** The names of the attributes that leads were seen with, sorted. */
export function leadFieldsOf(seen: Sightings): string[] {
  const places = [...seen.keys()].filter((place) => place.startsWith('lead:'));
  return places.map((place) => place.slice('lead:'.length)).sort();
}
