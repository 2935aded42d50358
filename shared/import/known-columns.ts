import { fold } from '../rule/value.ts';
import type { ColumnProfile } from '../table/column-profile.ts';

/** A column's name without what differs between tools: case, accents, punctuation. */
export function plainName(name: string): string {
  return fold(name)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Ids that tools have for people, and for companies; mail addresses; names of companies. */
const namesOf = {
  ownId: /^leadid$/,
  personId:
    /^((record|contact|lead|prospect|customer|subscriber|person|user|attendee|member|profile|external) ?)?(id|key|uuid|guid)$/,
  mail: /(^| )(e ?mails?|email ?address|correo|courriel)( |$)|^e ?mail/,
  companyId: /^(account|company|organi[sz]ation|associated company) ?id( primary)?$/,
  company:
    /^(account|company|organi[sz]ation|employer|firma|unternehmen|societe|empresa|azienda)( ?name)?( \d.*)?$|^(associated company|associated company primary|company name company|person organi[sz]ation|company account|billing company|organi[sz]ation 1 name)$/,
} as const;

/** Whether a column is called as such columns are. */
export function isCalled(kind: keyof typeof namesOf, { name }: ColumnProfile): boolean {
  return namesOf[kind].test(plainName(name));
}

/** An event that a moment in a column of some tool tells of, and which other columns tell more about it. */
interface KnownEvent {
  readonly moment: RegExp;
  readonly eventType: string;
  readonly fields: Readonly<Record<string, RegExp>>;
}

/** Events that exports of tools tell of: webinars, tickets, newsletters, forms, purchases. */
export const knownEvents: readonly KnownEvent[] = [
  {
    moment: /^join time$/,
    eventType: 'Webinar Attended',
    fields: { minutes: /^(time in session|duration) minutes$/, topic: /^(topic|webinar name)$/ },
  },
  { moment: /^registration (time|date)$/, eventType: 'Webinar Registered', fields: { source: /^source name$/ } },
  {
    moment: /^order date$/,
    eventType: 'Ticket Ordered',
    fields: { event: /^event name$/, ticket: /^ticket type$/, order: /^order (no|id|number)$/ },
  },
  {
    moment: /^(optin time|opt in time|subscribed at|subscription date)$/,
    eventType: 'Newsletter Subscribed',
    fields: {},
  },
  {
    moment: /^unsub(scribe)? time$/,
    eventType: 'Newsletter Unsubscribed',
    fields: { campaign: /^unsub campaign title$/, reason: /^unsub reason$/ },
  },
  {
    moment: /^(recent|last) conversion date$/,
    eventType: 'Form Submit',
    fields: { form: /^(recent|last) conversion$/ },
  },
  { moment: /^last order (date|created at)$/, eventType: 'Order Placed', fields: {} },
];
