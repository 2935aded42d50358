import { z } from 'zod';
import { ruleInputSchema } from '../rule/rule.ts';

/** A list; entries are read, never written. */
export const listOf = <Entry extends z.ZodType>(entry: Entry): z.ZodType<readonly z.output<Entry>[]> => z.array(entry);

/** An ISO date-time. */
export const moment = z.iso.datetime();

/** How many: a whole number. */
export const count = z.int().min(0);

/** Any text. */
export const text = z.string();

/** Entries and exits by UTC day, `YYYY-MM-DD`. */
export const dayActivity = listOf(z.strictObject({ day: text, entered: count, exited: count }));

/** A value of an attribute. */
export const value = z.union([text, z.number(), z.boolean(), listOf(text)]);

/** Attributes by name. */
export const attributes = z.record(text, value);

/** What size a segment can have as a target. */
export const segmentSizes = z.enum(['none', 'too_broad', 'too_narrow', 'tight', 'healthy', 'broad']);

/** A part of the whole, 0 to 1. */
export const share = z.number().min(0).max(1);

/** Rules, as they are stored. */
export const rules = listOf(ruleInputSchema);

/** Where the next page begins; none where there is no more. */
export const cursor = text.optional();

/** A page of a list, under the name of what is in it. */
export const pageOf = <Name extends string, Entry extends z.ZodType>(name: Name, entry: Entry) => {
  const list = { [name]: listOf(entry) } as Readonly<Record<Name, z.ZodType<readonly z.output<Entry>[]>>>;
  return z.strictObject({ cursor, ...list });
};

/** What is odd about a rule. */
export const warning = z.strictObject({ code: text, path: text, message: text });
