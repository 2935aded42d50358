import { fold } from '../../shared/rule/value.ts';
import type { AnswerTo } from '../api/answers.ts';

/** A field or a type of events, as the table of the vocabulary shows it. */
export interface OfferedField {
  /** As the API names it: `lead:country`, `event:Page View#path`. */
  readonly key: string;
  readonly name: string;
  readonly of: string;
  readonly kinds: readonly string[];
  readonly values: readonly string[];
  readonly isHidden: boolean;
}

type Vocabulary = AnswerTo<'GET /vocabulary'>;
type Field = Vocabulary['lead']['fields'][number];

/** All that is offered, then what is hidden; only what has the text in its name, or all. */
export function offeredFields({ lead, account, events, hidden }: Vocabulary, text: string): OfferedField[] {
  const row = (prefix: string, of: string) => (field: Field) => ({
    ...{ key: `${prefix}${field.name}`, name: field.name, of },
    ...{ kinds: field.kinds, values: field.values, isHidden: false },
  });
  const all = [
    ...lead.fields.map(row('lead:', 'Lead')),
    ...account.fields.map(row('account:', 'Account')),
    ...events.flatMap(({ eventType, fields }) => [
      { key: `event:${eventType}`, name: eventType, of: 'Event', kinds: [], values: [], isHidden: false },
      ...fields.map(row(`event:${eventType}#`, eventType)),
    ]),
    ...hidden.map(hiddenField),
  ];
  const wanted = fold(text);
  return all.filter(({ name, of }) => fold(`${of} ${name}`).includes(wanted));
}

/** What is known of a hidden name: no more than the name. */
function hiddenField(key: string): OfferedField {
  const [kind = '', rest = ''] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  const [eventType = '', field] = kind === 'event' ? rest.split('#', 2) : [];
  const of = { lead: 'Lead', account: 'Account' }[kind] ?? (field === undefined ? 'Event' : eventType);
  return { key, name: kind === 'event' ? (field ?? eventType) : rest, of, kinds: [], values: [], isHidden: true };
}
