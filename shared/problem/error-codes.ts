/** What can be wrong at one place of a request, by the code that names it for programs, and what the code means. */
export const errorCodes = {
  required: 'it is missing',
  wrong_type: 'another type of JSON value is needed, such as a number',
  unknown_key: 'the object has no such key',
  unknown_parameter: 'the route has no such query parameter',
  unknown_value: 'it is none of the values that are possible there',
  invalid_format: 'the text has another form than an id, a date or a cursor has',
  ill_formed: 'the text has half a character in it (a lone surrogate)',
  empty: 'there is nothing in it, or nothing but spaces',
  too_long: 'the text has too many characters',
  too_many: 'there are too many entries, or rules',
  too_large: 'the number is too large, the date too late, or there are too many bytes',
  too_small: 'the number is too small',
  too_deep: 'the group is nested too deep',
  wrong_order: 'the lower bound is above the upper one',
  repeated: 'it is there more than once',
  not_allowed: 'it is not possible together with what else the rule says, or must be left out',
  not_found: 'the segment or field that it names does not exist',
  self_reference: 'the segment would refer to itself',
  cycle: 'segments would refer to each other in a circle; `segmentIds` has them in that order',
  segment_inactive: 'an active segment would refer to one that is not active: `segmentIds`',
  segment_referred_to: 'active segments refer to the segment: `segmentIds`',
  name_taken: 'another segment has that name: `segmentIds`',
} as const;

/** What names a mistake for programs: stable, whatever its words are. */
export type ErrorCode = keyof typeof errorCodes;

/** Every code of a mistake. */
export const errorCodeNames = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** What is told of a number that JSON can write and no computer holds, such as 1e400. */
export const beyondNumbers = 'is a number beyond 1.8e308';
