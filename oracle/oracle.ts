/**
 * The slow, obvious answer to "which segments is this lead in?", written without any of the code it checks: from all
 * changes ever sent, in any order and with repetitions, evaluated from scratch.
 */

export type Json = Record<string, unknown>;

export interface OracleSegment {
  id: string;
  active: boolean;
  match: 'all' | 'any';
  rules: Json[];
}

export interface OracleChange {
  queue: 'profile' | 'level' | 'event' | 'account';
  message: Json;
}

/** What is known of a lead once everything ever sent was taken together. */
interface Facts {
  leadId?: string;
  attributes: Map<string, unknown>;
  engagement?: string | undefined;
  profile?: string | undefined;
  accountAttributes: Map<string, unknown>;
  accountLevel?: string | undefined;
  events: { id: string; type: string; at: number; metadata: Json }[];
}

/** The names of levels, lowest first. */
interface OracleLevels {
  engagement: readonly string[];
  profile: readonly string[];
  account: readonly string[];
}

/** Those that there are until somebody sets others. */
const firstLevels: OracleLevels = {
  engagement: ['Cold', 'Warm', 'Hot', 'Very Hot'],
  profile: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
  account: ['Standard', 'Qualified', 'Target', 'Strategic'],
};
const day = 86_400_000;

/** The last writer's values; of two at one moment the one whose JSON sorts last. */
function lastWriters(messages: Json[], pick: (message: Json) => [string, unknown][]): Map<string, unknown> {
  const all = messages.flatMap((message) =>
    pick(message).map(([name, value]) => ({ name, value, at: Date.parse(String(message.occurredAt)) })),
  );
  all.sort((a, b) => a.at - b.at || (JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1));
  return new Map(all.map(({ name, value }) => [name, value]));
}

export function factsOf(leadId: string, changes: OracleChange[]): Facts | undefined {
  const mine = changes.filter(({ message }) => message.leadId === leadId);
  if (mine.length === 0) return undefined;
  const of = (queue: OracleChange['queue']) => mine.filter((change) => change.queue === queue).map((c) => c.message);
  const attributesOf = (message: Json) => Object.entries((message.attributes as Json) ?? {});
  const only =
    (name: string) =>
    (message: Json): [string, unknown][] =>
      name in message ? [[name, message[name]]] : [];
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const levels = (name: string) => text(lastWriters(of('level'), only(name)).get(name));
  const accountId = text(lastWriters(of('profile'), only('accountId')).get('accountId'));
  const account = changes.filter((c) => c.queue === 'account' && accountId && c.message.accountId === accountId);
  const ofAccount = account.map(({ message }) => message);
  const events = new Map(
    of('event').map((message) => [
      `${message.eventType} ${message.occurredAt} ${message.eventId}`,
      {
        id: String(message.eventId),
        type: String(message.eventType),
        at: Date.parse(String(message.occurredAt)),
        metadata: (message.metadata as Json) ?? {},
      },
    ]),
  );
  return {
    leadId,
    attributes: lastWriters(of('profile'), attributesOf),
    engagement: levels('engagementLevel'),
    profile: levels('profileLevel'),
    accountAttributes: lastWriters(ofAccount, attributesOf),
    accountLevel: text(lastWriters(ofAccount, only('accountLevel')).get('accountLevel')),
    events: [...events.values()],
  };
}

/** The ids of the active segments that a lead with those facts is in; `held`: kept in (true) or out (false) manually. */
export function segmentsOf(
  facts: Facts,
  segments: OracleSegment[],
  now: number,
  levels: OracleLevels = firstLevels,
  held: ReadonlyMap<string, boolean> = new Map(),
): Set<string> {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  const isIn = (id: string): boolean => {
    const segment = known.get(id);
    const manualChanges = held.get(id);
    if (segment?.active && manualChanges !== undefined) return manualChanges;
    if (!segment?.active || segment.rules.length === 0) return false;
    const answers = segment.rules.map((rule) => holds(rule, facts, now, levels, isIn));
    return segment.match === 'all' ? answers.every(Boolean) : answers.some(Boolean);
  };
  return new Set(segments.filter(({ id }) => isIn(id)).map(({ id }) => id));
}

function holds(rule: Json, facts: Facts, now: number, levels: OracleLevels, isIn: (id: string) => boolean): boolean {
  const compare = (value: unknown, by: Json, order: readonly string[] = []) =>
    compares(value, by, now, order.map(plain));
  switch (rule.type) {
    case 'lead_metadata':
      return compare(rule.field === 'leadId' ? facts.leadId : facts.attributes.get(String(rule.field)), rule);
    case 'account_metadata':
      return compare(facts.accountAttributes.get(String(rule.field)), rule);
    case 'engagement_level':
      return compare(facts.engagement, rule, levels.engagement);
    case 'profile_level':
      return compare(facts.profile, rule, levels.profile);
    case 'account_level':
      return compare(facts.accountLevel, rule, levels.account);
    case 'segment':
      return isIn(String(rule.segmentId)) === (rule.operator === 'in');
    case 'group': {
      const answers = (rule.rules as Json[]).map((inner) => holds(inner, facts, now, levels, isIn));
      if (rule.match === 'all') return !answers.includes(false);
      return answers.includes(true) === (rule.match === 'any');
    }
    case 'event_metadata': {
      const withinDays = Math.min(typeof rule.withinDays === 'number' ? rule.withinDays : 400, 400);
      const conditions = [...(rule.field === undefined ? [] : [rule]), ...((rule.and as Json[]) ?? [])];
      const count = facts.events.filter(
        ({ type, at, metadata }) =>
          type === rule.eventType &&
          at >= now - withinDays * day &&
          conditions.every((condition) => compare(ownValue(metadata, String(condition.field)), condition)),
      ).length;
      if (rule.field === undefined && rule.operator === 'not_exists') return count === 0;
      const times = rule.times as { atLeast?: number; atMost?: number } | undefined;
      if (!times) return count >= 1;
      return count >= (times.atLeast ?? 0) && count <= (times.atMost ?? 1_000_000);
    }
    default:
      throw new Error(`The oracle does not know ${String(rule.type)}`);
  }
}

/** By the table that Unicode gives for it, as far as random worlds use it, where the product goes by upper case. */
const casings: Record<string, string> = { ß: 'ss', ς: 'σ', 'i\u0307': 'i', '“': '"', '”': '"', '’': "'", '\u200b': '' };
const plain = (text: string) => {
  const lower = text.normalize('NFKC').toLowerCase();
  const folded = Object.entries(casings).reduce((so, [from, to]) => so.split(from).join(to), lower);
  return folded.split(/\s/).filter(Boolean).join(' ');
};
const decimal = (value: unknown): number => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  const bare = value.trim();
  if (bare.startsWith('(') && bare.endsWith(')')) {
    return /^[+-]/.test(bare.slice(1)) ? Number.NaN : -decimal(bare.slice(1, -1));
  }
  const signed = bare.replace(/^([+-]?)[$€] ?/, '$1').replace(/ ?[%$€]$/, '');
  if (!/^[+-]?\d[\d., ]*$/.test(signed)) return Number.NaN;
  const parts = signed.replace(/^[+-]/, '').split(/[., ]/);
  const marks = signed.replace(/[+\d-]/g, '');
  const number = readParts(parts, marks);
  return signed.startsWith('-') ? -number : number;
};
/** Reads groups of digits by the marks between them: what differs from the marks before it is the decimal one. */
function readParts(parts: readonly string[], marks: string): number {
  if (parts.some((part) => part === '')) return Number.NaN;
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  const couldBeEither = marks === ',' && first.length <= 3 && !first.startsWith('0') && last.length === 3;
  if (marks === '' || marks === '.' || (marks === ',' && !couldBeEither)) return Number(parts.join('.'));
  const hasDecimals = marks.at(-1) !== marks[0] && marks.at(-1) !== ' ';
  const groups = hasDecimals ? parts.slice(0, -1) : parts;
  const isGrouped = new Set(hasDecimals ? marks.slice(0, -1) : marks).size === 1 && first.length <= 3;
  if (couldBeEither || !isGrouped || groups.slice(1).some((part) => part.length !== 3)) return Number.NaN;
  return Number(groups.join('') + (hasDecimals ? `.${last}` : ''));
}
const isDateOnly = (value: unknown) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value.trim());
const moment = (value: unknown) => {
  if (typeof value !== 'string') return Number.NaN;
  const date = value.trim().slice(0, 10);
  const time = value
    .trim()
    .slice(10)
    .replace(/^ /, 'T')
    .replace(/ ([Z+-])/, '$1')
    .replace(/([+-]\d\d)$/, '$1:00');
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^(T\d\d:\d\d.*)?$/.test(time)) return Number.NaN;
  const hasOffset = /(Z|[+-]\d\d:?\d\d)$/.test(time);
  const parsed = Date.parse(date + time.replace(/(\d\d)(\d\d)$/, '$1:$2') + (time === '' || hasOffset ? '' : 'Z'));
  const isRealDay = new Date(Date.parse(`${date}T00:00:00Z`)).toISOString().startsWith(date);
  return isRealDay ? parsed : Number.NaN;
};
const end = (value: unknown) => (isDateOnly(value) ? moment(value) + day - 1 : moment(value));

function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return plain(a) === plain(b);
  if (typeof a === 'number' || typeof b === 'number') return decimal(a) === decimal(b);
  if (typeof a === 'object') return false;
  return plain(String(a)) === plain(String(b));
}

function compares(value: unknown, { operator, value: operand }: Json, now: number, levels?: string[]): boolean {
  const name = String(operator);
  if (name.startsWith('not_')) return !compares(value, { operator: name.slice(4), value: operand }, now, levels);
  if (name === 'is_empty') return !compares(value, { operator: 'is_not_empty' }, now, levels);
  const elements = (Array.isArray(value) ? value : [value]).filter((element) => !isNothing(element));
  return elements.some((element) => compareOne(element, name, operand, now, levels));
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isNothing);
  return value === null || value === undefined || (typeof value === 'string' && plain(value) === '');
}

function compareOne(value: unknown, name: string, operand: unknown, now: number, levels?: string[]): boolean {
  const text = typeof value === 'string' ? plain(value) : undefined;
  const part = typeof operand === 'string' ? plain(operand) : '';
  const rank = (level: string | undefined) => (levels ?? []).indexOf(level ?? '');
  const days = Number(operand);
  const at = moment(value);
  const age = isDateOnly(value) ? Math.floor(now / day) - Math.floor(at / day) : (now - at) / day;
  switch (name) {
    case 'equals':
      return same(value, operand);
    case 'in':
      return (operand as unknown[]).some((one) => same(value, one));
    case 'contains':
      return text?.includes(part) ?? false;
    case 'starts_with':
      return text?.startsWith(part) ?? false;
    case 'ends_with':
      return text?.endsWith(part) ?? false;
    case 'greater_than':
      return decimal(value) > days;
    case 'greater_than_or_equal':
      return decimal(value) >= days;
    case 'less_than':
      return decimal(value) < days;
    case 'less_than_or_equal':
      return decimal(value) <= days;
    case 'between': {
      const [low, high] = operand as [unknown, unknown];
      if (typeof low === 'number') return decimal(value) >= low && decimal(value) <= Number(high);
      return at >= moment(low) && end(value) <= end(high);
    }
    case 'is_not_empty':
    case 'exists':
      return true;
    case 'before':
      return end(value) < moment(operand);
    case 'after':
      return at > end(operand);
    case 'in_last_days':
      return age >= 0 && age <= days;
    case 'in_next_days':
      return age <= 0 && age >= -days;
    case 'more_than_days_ago':
      return age > days;
    case 'at_least':
      return rank(text) >= 0 && rank(part) >= 0 && rank(text) >= rank(part);
    case 'at_most':
      return rank(text) >= 0 && rank(part) >= 0 && rank(text) <= rank(part);
    default:
      throw new Error(`The oracle does not know ${name}`);
  }
}

const ownValue = (record: Json, name: string) => (Object.hasOwn(record, name) ? record[name] : undefined);
