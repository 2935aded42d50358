import { z } from 'zod';
import type { ValuePlace } from '../preview/count-values.ts';
import type { ErrorCode } from '../problem/error-codes.ts';
import { isPossibleId } from '../problem/input-limits.ts';
import { eventTypeSchema } from '../rule/text-schema.ts';
import { reasonSchema } from './body-schemas.ts';
import { namesInList } from './field-list.ts';
import { countUpTo, cursorTo, maximumLimit } from './pages.ts';

/** What OpenAPI tells of a parameter of the query. */
export interface ParameterTold {
  readonly description: string;
  /** A JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly required?: true;
}

/** What is told of the parameters of the query: they are texts, so their own JSON Schema says too little. */
export const parametersTold = z.registry<ParameterTold>();

/** A parameter of the query, and what is told of it. */
export function parameter<Value extends z.ZodType>(told: ParameterTold, value: Value): Value {
  parametersTold.add(value, told);
  return value;
}

/** `true` or `false`. */
export const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
/** What is told of such a parameter. */
export const trueOrFalse = { type: 'string', enum: ['true', 'false'] };

const limit = parameter(
  {
    description: 'How many at most.',
    schema: { type: 'integer', minimum: 1, maximum: maximumLimit, default: 50 },
  },
  countUpTo(maximumLimit).prefault('50'),
);

/** The parameters of a list that comes in pages, with such places in it. */
export function paged<Position>(positionSchema: z.ZodType<Position>) {
  const told = { description: 'Where the page before ended.', schema: { type: 'string' } };
  return { limit, cursor: parameter(told, cursorTo(positionSchema).optional()) };
}

/** Counters are kept as long as the history. */
const keptDays = 400;

/** Over how many days. */
export const days = parameter(
  { description: 'How many UTC days.', schema: { type: 'integer', minimum: 1, maximum: keptDays, default: 30 } },
  countUpTo(keptDays).prefault('30'),
);

/** Whether entries and exits are published. */
export const notify = parameter(
  { description: '`false`: entries and exits of this save are stored, not published.', schema: trueOrFalse },
  flag.default(true),
);

/** Whether to save, or only to say what saving would do. */
export const dryRun = parameter(
  {
    description: '`true`: saves nothing; refuses what saving would refuse, and answers what it would do.',
    schema: trueOrFalse,
  },
  flag.default(false),
);

/** API Gateway stops waiting after 30 seconds. */
const longestWaitSeconds = 25;

/** What to wait for before answering. */
export const waitFor = parameter(
  {
    description: '`revision`: answer once the last save shows in the list of members, or its recalculation has failed.',
    schema: { type: 'string', enum: ['revision'] },
  },
  z.enum(['revision'], 'must be revision').optional(),
);

/** How long to wait at most. */
export const waitSeconds = parameter(
  {
    description: 'How many seconds to wait at most; then it answers as it is.',
    schema: { type: 'integer', minimum: 1, maximum: longestWaitSeconds, default: 20 },
  },
  countUpTo(longestWaitSeconds).prefault('20'),
);

/** The other one of two segments. */
export const otherSegment = parameter(
  { description: 'The segment to compare with.', schema: { type: 'string' }, required: true },
  z.string('must name the segment to compare with').min(1, 'must name the segment to compare with'),
);

/** Ids with commas between; `least` and `most`: how many. */
export function idList({ least, most }: { readonly least: number; readonly most: number }) {
  return z.string().transform((text, context) => {
    const ids = text.split(',');
    const refuse = (code: ErrorCode, message: string) =>
      context.addIssue({ code: 'custom', message, params: { code } });
    if (ids.length > most) refuse('too_many', `must have at most ${most} ids, not ${ids.length}`);
    else if (ids.length < least) refuse('too_small', `must have at least ${least} ids, not ${ids.length}`);
    else if (!ids.every(isPossibleId)) refuse('invalid_format', 'must be ids, with commas between');
    return ids;
  });
}

/** Segments to compare with each other. */
export const comparedSegments = parameter(
  {
    description: 'Two to four different ids of segments, with commas between.',
    schema: { type: 'string' },
    required: true,
  },
  idList({ least: 2, most: 4 }).refine((ids) => new Set(ids).size === ids.length, {
    error: 'must be different segments',
    params: { code: 'repeated' satisfies ErrorCode },
  }),
);

const countedForms = /^(?:(lead|account):(.+)|(engagement_level|profile_level|account_level))$/s;

/** A field of leads or of their accounts, or a kind of level. */
export const countedField = parameter(
  {
    description:
      'What rules read: `lead:country`, `account:industry`, `engagement_level`, `profile_level`, `account_level`.',
    schema: { type: 'string' },
    required: true,
  },
  z.string('must be a field').transform((text, context): ValuePlace => {
    const [, of, field, level] = countedForms.exec(text) ?? [];
    if (level) return { of: level as Exclude<ValuePlace['of'], 'lead' | 'account'> };
    if (of && field) return { of: of as 'lead' | 'account', field };
    const message = 'must be lead:…, account:… or a kind of level, such as engagement_level';
    context.addIssue({ code: 'custom', message, params: { code: 'invalid_format' satisfies ErrorCode } });
    return z.NEVER;
  }),
);

/** How a lead is a member, or that it is kept out. */
export const memberSources = ['rules', 'manual', 'pinned', 'excluded'] as const;

/** Members of one source. */
export const source = parameter(
  {
    description: 'Only members of this source, or the leads that are kept out.',
    schema: { type: 'string', enum: memberSources },
  },
  z.enum(memberSources, `must be one of ${memberSources.join(', ')}`).optional(),
);

/** Whether a lead that is taken out is kept out. */
export const exclude = parameter(
  { description: '`true`: keeps the lead out whatever the rules say.', schema: trueOrFalse },
  flag.default(false),
);

/** Events of one type. */
export const eventType = parameter(
  { description: 'Only events of this type.', schema: { type: 'string' } },
  eventTypeSchema.optional(),
);

/** Whether a person who is erased stays so. */
export const keepOut = parameter(
  {
    description:
      '`true`: refuses what comes of the lead from now on, also if there is no such lead; `false`: no more. Without it, what happens after the deletion makes a new lead.',
    schema: trueOrFalse,
  },
  flag.optional(),
);

/** Why somebody does it. */
export const reason = parameter(
  { description: 'Why, for people.', schema: { type: 'string' } },
  reasonSchema.optional(),
);

/** Names with commas between, of what the description says. */
export const nameList = (description: string) =>
  parameter(
    {
      description: `${description}, with commas between; a name with a comma in quotation marks, as in CSV.`,
      schema: { type: 'string' },
    },
    z
      .string()
      .transform((list, context) => {
        const names = namesInList(list);
        if (names) return names;
        const message = 'must have quotation marks around whole names, and double those in them';
        context.addIssue({ code: 'custom', message, params: { code: 'invalid_format' } });
        return z.NEVER;
      })
      .optional(),
  );

/** Which attributes. */
export const fields = nameList('Names of attributes');
