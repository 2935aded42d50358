import type { AccountChange, LeadChange } from '../lead/change.ts';
import { looksPersonal } from '../privacy/personal-value.ts';
import { hasAtMost } from '../rule/text-schema.ts';
import { isEmpty, isWellFormed, kindOf, type ValueKind } from '../rule/value.ts';

/** What changes mention of one field: kinds, and values that look like nobody's own, each with whom they are about. */
export interface Mention {
  readonly kinds: ReadonlySet<ValueKind>;
  /** By value: ids of leads, or of accounts, as `about` names them. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What changes mention, by place: `lead:NAME`, `account:NAME`, `event:TYPE`, `event:TYPE#NAME`. */
export type Mentions = ReadonlyMap<string, Mention>;

/** How many values of a field are looked at in one batch. */
const maximumMentionedValues = 200;
const maximumValueLength = 100;
/** In UTF-16 units, of which each takes three bytes at most: a sort key has 1,024. */
const maximumPlaceLength = 300;

/** The fields, kinds and values that changes mention. Who cannot be told from others by a value is no matter: booleans have both. */
export function mentionsOf(changes: readonly (LeadChange | AccountChange)[]): Mentions {
  const mentions = new Map<string, { kinds: Set<ValueKind>; values: Map<string, Set<string>> }>();
  const note = (place: string, about: string, value?: unknown) => {
    if (place.length > maximumPlaceLength || !isWellFormed(place)) return;
    const mention = mentions.get(place) ?? { kinds: new Set(), values: new Map() };
    mentions.set(place, mention);
    const kind = kindOf(value);
    if (!kind) return;
    mention.kinds.add(kind);
    for (const element of Array.isArray(value) ? value : [value]) {
      if (typeof element === 'object' || typeof element === 'boolean' || isEmpty(element)) continue;
      const text = String(element);
      const known = mention.values.get(text);
      if (known) known.add(about);
      else if (mention.values.size < maximumMentionedValues && isOfferedValue(text))
        mention.values.set(text, new Set([about]));
    }
  };
  for (const change of changes) {
    if ('eventType' in change) {
      note(`event:${change.eventType}`, change.leadId);
      for (const [name, value] of Object.entries(change.metadata ?? {}))
        note(`event:${change.eventType}#${name}`, change.leadId, value);
    } else if ('attributes' in change) {
      const [place, about] = 'kind' in change ? ['lead', change.leadId] : ['account', change.accountId];
      for (const [name, value] of Object.entries(change.attributes ?? {})) {
        if (kindOf(value)) note(`${place}:${name}`, about, value);
      }
    }
  }
  return mentions;
}

/** Whether a value may be offered: it looks like nobody's own, and is not long. */
export function isOfferedValue(text: string): boolean {
  return hasAtMost(text, maximumValueLength) && isWellFormed(text) && !looksPersonal(text);
}
