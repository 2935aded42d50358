import fc from 'fast-check';

/** Names that have meant trouble to somebody. */
export const hostileName = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'a/b~c',
  '#count',
  'ﬁ',
  '\u0000',
  '\ud83d',
  '👩‍👩‍👧',
  ' ',
  '',
  'x'.repeat(1_001),
);

/** Text of every kind: long, empty, half characters, what looks like something else. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  hostileName,
  fc.constantFrom(
    'null',
    'NaN',
    '1e400',
    '-0',
    '[]',
    '{}',
    '2026-02-30',
    "'; DROP",
    '$ref',
    '{"S":"x"}',
    '\ud800\ud800',
  ),
  fc.constant('y'.repeat(4_097)),
);

/** Numbers as JSON can write them, also those that no double keeps. */
export const numberText = fc.constantFrom(
  '1e400',
  '-1e400',
  '9007199254740993',
  '-0',
  '1e-400',
  '0.1',
  '123456789012345678901',
);

/** JSON text: of values, of numbers that no double keeps, nested, and with names that are written twice. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 4 }),
  numberText,
  fc.integer({ min: 1, max: 3_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 3_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  hostileText.map((text) => JSON.stringify(text)),
  fc.dictionary(hostileName, hostileText, { maxKeys: 5 }).map((record) => JSON.stringify(record)),
  fc.tuple(hostileName, numberText).map(([name, number]) => `{${JSON.stringify(name)}:${number},"a":[${number}]}`),
);

const id = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9äÉ東._:@+|=\-'&$*?^`{}~]{1,20}$/) },
  { weight: 1, arbitrary: hostileText },
);
const moment = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 1_775_000_000_000 }).map((ms) => new Date(ms).toISOString()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '2026-01-01T00:00:00+23:59',
      '0000-01-01T00:00Z',
      '9999-12-31T23:59:59Z',
      '+275760-09-13T00:00:00Z',
      '2026-03-10',
    ),
  },
);

const fields = {
  changeId: id,
  leadId: id,
  accountId: fc.oneof(id, fc.constant(null)),
  eventId: id,
  eventType: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('Page View', 'Form Submit', '__proto__') },
    { weight: 1, arbitrary: hostileText },
  ),
  occurredAt: moment,
  engagementLevel: fc.oneof(fc.constantFrom('Hot', 'Cold', null), hostileText),
  profileLevel: fc.oneof(fc.constantFrom('Strong Fit', null), hostileText),
  accountLevel: fc.oneof(fc.constantFrom('Target', null), hostileText),
} satisfies Record<string, fc.Arbitrary<unknown>>;

/** A message as JSON text: fields of every kind, most of them as they should be, some of them anything. */
export const hostileMessage: fc.Arbitrary<string> = fc
  .tuple(
    fc.record(fields, { requiredKeys: ['leadId', 'accountId', 'eventId', 'eventType', 'occurredAt'] }),
    fc.dictionary(fc.oneof(fc.constantFrom('country', 'score', 'tags'), hostileName), hostileJson, { maxKeys: 6 }),
    fc.option(
      fc.tuple(fc.constantFrom(...Object.keys(fields), 'attributes', 'metadata', 'detail', 'Message'), hostileJson),
      { freq: 3 },
    ),
  )
  .map(([record, bag, odd]) => {
    // Written by hand: JSON.stringify would lose numbers that are too large, and "__proto__" is no key to assign to.
    const bagText = `{${Object.keys(bag)
      .map((name) => `${JSON.stringify(name)}:${bag[name]}`)
      .join(',')}}`;
    const parts = Object.entries(record).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    parts.push(`"attributes":${bagText}`, `"metadata":${bagText}`);
    if (odd) parts.push(`${JSON.stringify(odd[0])}:${odd[1]}`);
    return `{${parts.join(',')}}`;
  });

const wrap: readonly ((body: string) => string)[] = [
  (body) => `{"detail":${body}}`,
  (body) => JSON.stringify({ Message: body }),
  (body) => `{"version":"0","detail-type":"x","detail":${body}}`,
];

/** A message, in envelopes of envelopes, with characters taken out, put in or doubled. */
export const hostileBody: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: hostileMessage },
      { weight: 1, arbitrary: hostileJson },
      { weight: 1, arbitrary: hostileText },
    ),
    fc.array(fc.constantFrom(...wrap), { maxLength: 6 }),
    fc.option(fc.tuple(fc.nat(), fc.constantFrom('', '"', '}', ',', '\\', '\u2028', '0')), { freq: 4 }),
  )
  .map(([body, envelopes, cut]) => {
    const wrapped = envelopes.reduce((inner, envelope) => envelope(inner), body);
    if (!cut) return wrapped;
    const at = cut[0] % (wrapped.length + 1);
    return wrapped.slice(0, at) + cut[1] + wrapped.slice(at + 1);
  });
