import type { AccountChange, LeadChange } from '../lead/change.ts';
import type { Levels } from '../rule/levels.ts';
import { hasAtMost } from '../rule/text-schema.ts';
import { isEmpty, isWellFormed, kindOf, type ValueKind } from '../rule/value.ts';

/** What was seen of one field: its kinds, and up to `maximumSeenValues` of its values. */
export interface SeenField {
  readonly kinds: ReadonlySet<ValueKind>;
  readonly values: ReadonlySet<string>;
}

/** How many values of a field are remembered for the rule builder. */
export const maximumSeenValues = 50;
const maximumValueLength = 100;
/** In UTF-16 units, of which each takes three bytes at most: a sort key has 1,024. */
const maximumPlaceLength = 300;
/** Places remembered in all: names made of ids would grow the vocabulary without end. */
const maximumPlaces = 3_000;

/** What was seen, by place: `lead:NAME`, `account:NAME`, `event:TYPE`, `event:TYPE#NAME`. */
export type Sightings = ReadonlyMap<string, SeenField>;

/** The fields, kinds and values that changes mention. */
export function sightingsOf(changes: readonly (LeadChange | AccountChange)[]): Sightings {
  const seen = new Map<string, { kinds: Set<ValueKind>; values: Set<string> }>();
  const note = (place: string, value?: unknown) => {
    if (place.length > maximumPlaceLength || !isWellFormed(place)) return;
    const field = seen.get(place) ?? { kinds: new Set(), values: new Set() };
    seen.set(place, field);
    const kind = kindOf(value);
    if (!kind) return;
    field.kinds.add(kind);
    for (const element of Array.isArray(value) ? value : [value]) {
      if (typeof element === 'object' || isEmpty(element)) continue;
      const text = String(element);
      const isShort = hasAtMost(text, maximumValueLength) && isWellFormed(text);
      if (isShort && field.values.size < maximumSeenValues) field.values.add(text);
    }
  };
  for (const change of changes) {
    if ('eventType' in change) {
      note(`event:${change.eventType}`);
      for (const [name, value] of Object.entries(change.metadata ?? {}))
        note(`event:${change.eventType}#${name}`, value);
    } else if ('attributes' in change) {
      const place = 'kind' in change ? 'lead' : 'account';
      for (const [name, value] of Object.entries(change.attributes ?? {})) {
        if (kindOf(value)) note(`${place}:${name}`, value);
      }
    }
  }
  return seen;
}

/** The part of the sightings that is not known yet. */
export function newSightings(seen: Sightings, known: Sightings): Sightings {
  const fresh = new Map<string, SeenField>();
  for (const [place, field] of seen) {
    const before = known.get(place);
    const kinds = new Set([...field.kinds].filter((kind) => !before?.kinds.has(kind)));
    const room = maximumSeenValues - (before?.values.size ?? 0);
    const values = new Set([...field.values].filter((value) => !before?.values.has(value)).slice(0, Math.max(0, room)));
    const hasRoom = before !== undefined || known.size + fresh.size < maximumPlaces;
    const isNew = !before || kinds.size > 0 || values.size > 0;
    if (isNew && hasRoom) fresh.set(place, { kinds, values });
  }
  return fresh;
}

/** Both together. */
export function joinSightings(a: Sightings, b: Sightings): Sightings {
  const joined = new Map(a);
  for (const [place, { kinds, values }] of b) {
    const before = joined.get(place);
    joined.set(place, {
      kinds: new Set([...(before?.kinds ?? []), ...kinds]),
      values: new Set([...(before?.values ?? []), ...values]),
    });
  }
  return joined;
}

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
  const places = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  const fieldsAt = (prefix: string) =>
    places.flatMap(([place, { kinds, values }]) =>
      place.startsWith(prefix)
        ? [{ name: place.slice(prefix.length), kinds: [...kinds].sort(), values: [...values].sort() }]
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

/** The names of the attributes that leads were seen with, sorted. */
export function leadFieldsOf(seen: Sightings): string[] {
  const places = [...seen.keys()].filter((place) => place.startsWith('lead:'));
  return places.map((place) => place.slice('lead:'.length)).sort();
}
