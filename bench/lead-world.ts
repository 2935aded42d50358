import type { Segment } from '../shared/catalog/segment.ts';
import type { LeadDocument } from '../shared/lead/lead-document.ts';
import { unknownLead } from '../shared/lead/lead-document.ts';
import type { Slot } from '../shared/lead/slot.ts';
import type { Rule } from '../shared/rule/rule.ts';
import type { Value } from '../shared/rule/value.ts';

/** A seeded source of numbers from 0 (inclusive) to 1: the same seed makes the same world. */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  };
}

type Field = { readonly name: string; readonly values?: readonly string[]; readonly most?: number };

const words = ['alpha', 'beta', 'delta', 'gamma', 'kappa', 'lambda', 'omega', 'sigma', 'theta', 'zeta'];
const choices = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${words[index % words.length]} ${index}`);

/** Attributes as a marketing database has them: choices with few and many values, numbers, and free text. */
const fields: readonly Field[] = [
  { name: 'country', values: choices('country', 60) },
  { name: 'city', values: choices('city', 300) },
  { name: 'industry', values: choices('industry', 25) },
  { name: 'job_title', values: choices('title', 200) },
  { name: 'seniority', values: choices('seniority', 6) },
  { name: 'department', values: choices('department', 12) },
  { name: 'lead_source', values: choices('source', 15) },
  { name: 'campaign', values: choices('campaign', 80) },
  { name: 'landing_page', values: choices('/page', 120) },
  { name: 'language', values: choices('language', 20) },
  { name: 'plan', values: choices('plan', 5) },
  { name: 'timezone', values: choices('timezone', 24) },
  { name: 'company_size', most: 10_000 },
  { name: 'visits', most: 200 },
  { name: 'emails_opened', most: 100 },
  { name: 'emails_clicked', most: 50 },
  { name: 'score', most: 100 },
  { name: 'revenue', most: 1_000_000 },
  { name: 'sessions', most: 300 },
  { name: 'downloads', most: 30 },
];

const oneOf = <T>(chance: () => number, from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;

function randomValueOf(chance: () => number, field: Field): Value | undefined {
  if (chance() < 0.15) return undefined;
  return field.values ? oneOf(chance, field.values) : Math.floor(chance() * (field.most ?? 1));
}

/** Values for so many of the fields, or for all; null where the lead has none. */
export function madeAttributes(chance: () => number, count = fields.length): Record<string, Value | null> {
  const some = count === fields.length ? fields : Array.from({ length: count }, () => oneOf(chance, fields));
  return Object.fromEntries(some.map((field) => [field.name, randomValueOf(chance, field) ?? null]));
}

function ruleFor(chance: () => number, field: Field): Rule {
  const { name, values, most = 1 } = field;
  const rule = (operator: string, value?: unknown) =>
    ({ type: 'lead_metadata', field: name, operator, ...(value !== undefined && { value }) }) as Rule;
  const kind = chance();
  if (!values) {
    // People ask for the high end, the low end, or a band.
    const part = chance();
    if (kind < 0.45) return rule('greater_than', Math.floor(most * (1 - part * 0.4)));
    if (kind < 0.7) return rule('less_than_or_equal', Math.floor(most * part * 0.4));
    return rule('between', [Math.floor(most * part * 0.8), Math.floor(most * (part * 0.8 + 0.2))]);
  }
  if (kind < 0.45) return rule('equals', oneOf(chance, values));
  if (kind < 0.7)
    return rule(
      'in',
      Array.from({ length: 2 + Math.floor(chance() * 6) }, () => oneOf(chance, values)),
    );
  if (kind < 0.9) return rule('contains', oneOf(chance, words));
  if (kind < 0.96) return rule('not_equals', oneOf(chance, values));
  return rule('is_not_empty');
}

const idCharacters = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];

/** Segments of one to six rules, most of them `all`, over the fields above. */
export function madeSegments(count: number, seed: number): Segment[] {
  const [chance, chanceOfIds] = [seededChance(seed), seededChance(seed + 1)];
  const ruleId = () => `rul_01KB6W2Q5Z${Array.from({ length: 16 }, () => oneOf(chanceOfIds, idCharacters)).join('')}`;
  return Array.from({ length: count }, (_, index): Segment => {
    const rules = Array.from({ length: 1 + Math.floor(chance() * 6) }, () => ({
      id: ruleId(),
      ...ruleFor(chance, oneOf(chance, fields)),
    }));
    return {
      id: `seg_${index}`,
      name: `Segment ${index}`,
      description: '',
      active: true,
      match: rules.length > 2 || chance() < 0.9 ? 'all' : 'any',
      rules,
      revision: 1,
      savedInCatalog: 1,
      savedAt: '2026-01-01T00:00:00.000Z',
      silent: false,
      conditions: [],
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
    };
  });
}

/** A change as it comes (a message of about 400 bytes) with the lead before and after it. */
export interface MadeChange {
  readonly message: string;
  readonly before: LeadDocument;
  readonly after: LeadDocument;
  readonly touched: readonly Slot[];
}

/** Changes of about three fields each; the message repeats more that stay as they are, as CRMs do. */
export function madeChanges(count: number, seed: number): MadeChange[] {
  const chance = seededChance(seed);
  return Array.from({ length: count }, (_, index): MadeChange => {
    const leadId = `lead-${String(index).padStart(8, '0')}`;
    const attributes: Record<string, Value> = {};
    for (const field of fields) {
      const value = randomValueOf(chance, field);
      if (value !== undefined) attributes[field.name] = value;
    }
    const before: LeadDocument = { ...unknownLead(leadId), version: 3, catalogVersion: 1, attributes };
    const changed = [0, 1, 2].map(() => oneOf(chance, fields));
    const repeated = Array.from({ length: 15 }, () => oneOf(chance, fields)).filter(
      ({ name }) => attributes[name] !== undefined,
    );
    const sent: Record<string, Value | null> = Object.fromEntries(
      repeated.map(({ name }) => [name, attributes[name]!]),
    );
    for (const field of changed) sent[field.name] = randomValueOf(chance, field) ?? null;
    const after = { ...before, version: 4, attributes: { ...attributes, ...sent } };
    const occurredAt = new Date(1_790_000_000_000 + index * 1000).toISOString();
    const message = JSON.stringify({
      changeId: `crm-change-${1_000_000 + index}`,
      leadId,
      accountId: `account-${100_000 + index}`,
      occurredAt,
      attributes: sent,
    });
    const touched = Object.keys(sent).flatMap((name) => (sent[name] === attributes[name] ? [] : [`lead:${name}`]));
    return { message, before, after, touched };
  });
}
