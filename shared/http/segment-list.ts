import { z } from 'zod';
import { isPossibleId } from '../problem/input-limits.ts';
import { textOf } from '../rule/text-schema.ts';
import { type SegmentOrder, segmentSortKeys } from '../segment/select-segments.ts';
import { segmentSizes } from './answer-parts.ts';
import { countUpTo } from './pages.ts';
import { flag, idList, parameter, trueOrFalse } from './parameters.ts';

const maximumIds = 100;
/** Each segment's days are read one by one. */
const mostActivityDays = 31;
const sorts = segmentSortKeys.flatMap((key) => [key, `-${key}`]);
const sizeNames = segmentSizes.options;
const places = /^((lead|account|event):.+|(engagement|profile|account)_level)$/s;

/** A parameter that is some text, if it is given. */
const textual = (description: string) =>
  parameter({ description, schema: { type: 'string' } }, textOf(2_000).optional());

const sort = parameter(
  { description: 'What they are sorted by; `-` first: descending.', schema: { type: 'string', enum: sorts } },
  z
    .enum(sorts, `must be one of ${sorts.join(', ')}`)
    .default('createdAt')
    .transform((text): SegmentOrder => {
      const by = segmentSortKeys.find((key) => text.endsWith(key)) ?? 'createdAt';
      return { by, descending: text.startsWith('-') };
    }),
);

/** Which segments `GET /segments` lists, and how they are sorted. */
export const segmentListParameters = {
  active: parameter({ description: 'Only active ones, or only the others.', schema: trueOrFalse }, flag.optional()),
  size: parameter(
    { description: 'Only those of this size.', schema: { type: 'string', enum: sizeNames } },
    z.enum(sizeNames, `must be one of ${sizeNames.join(', ')}`).optional(),
  ),
  q: textual('Part of the name or description.'),
  name: textual('The name.'),
  tag: textual('One of its tags.'),
  author: textual('Who saved it last, as `updatedBy` has it.'),
  refersTo: textual('The id of a segment that its rules refer to.'),
  usesField: parameter(
    {
      description: 'What its rules use, such as `lead:country`, `account:industry`, `event:Page View#path`.',
      schema: { type: 'string' },
    },
    z
      .string()
      .regex(places, 'must be lead:…, account:…, event:… or a kind of level, such as engagement_level')
      .optional(),
  ),
  ids: parameter(
    { description: `Up to ${maximumIds} ids, with commas between.`, schema: { type: 'string' } },
    idList({ least: 1, most: maximumIds }).optional(),
  ),
  sort,
  activityDays: parameter(
    {
      description: 'Tell how many leads entered and exited on each of so many UTC days.',
      schema: { type: 'integer', minimum: 1, maximum: mostActivityDays },
    },
    countUpTo(mostActivityDays).optional(),
  ),
};

/** Where a page of segments ends, and which list that is. */
export const segmentPositionSchema = z.object({
  key: z.union([z.string(), z.number()]),
  id: z.string().refine(isPossibleId),
});
