import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MappingError } from '../../shared/import/bound-mapping.ts';
import { importMappingSchema } from '../../shared/import/mapping.ts';
import { createRowPlanner } from '../../shared/import/plan-rows.ts';
import { suggestMapping } from '../../shared/import/suggest-mapping.ts';
import { inspectFile } from '../../shared/table/inspect.ts';
import { readRows } from '../../shared/table/table-file.ts';
import { UnreadableFileError } from '../../shared/table/unreadable-file.ts';
import { bytesReader } from '../table/bytes.ts';

/** Of the random files: a tenth for a run while working (`npm run test:quick`). */
const share = Number(process.env.IMPORT_SHARE ?? 1);

const startedAt = '2026-11-29T09:00:00.000Z';

/** What becomes of a file under what is suggested for it. Throws what an importer would not tell a person. */
async function importAnything(bytes: Uint8Array, chunkBytes = 13): Promise<number> {
  const read = bytesReader(bytes, chunkBytes);
  try {
    const { format, layout, columns } = await inspectFile(read);
    const { mapping } = suggestMapping(columns);
    if (!mapping) return 0;
    const planner = createRowPlanner(layout.header, importMappingSchema.parse(mapping), { startedAt });
    let messages = 0;
    for await (const row of readRows(read, format)) {
      const planned = planner.plan(row, Date.parse(startedAt));
      if (planned.isRefused) expect(planned.problems).not.toEqual([]);
      messages += planned.messages.length;
    }
    return messages;
  } catch (error) {
    if (error instanceof UnreadableFileError || error instanceof MappingError) return 0;
    throw error;
  }
}

const word = fc.constantFrom(
  ...[
    'Email',
    'leadId',
    'Company',
    'Join Time',
    'Tags',
    'a@x.example',
    'A@X.Example',
    '2026-11-28',
    '03/04/2026',
    '1,234',
  ],
  ...['', ' ', '--', '"', '""', ',', ';', '\t', '|', '\n', '\r\n', '\r', 'sep=;', '\uFEFF', '__proto__', 'constructor'],
  ...['Total', '(50)', '10%', 'yes', '[1]', '["a"]', '\u0000', '\uD800', '🙂', 'x'.repeat(5_000), 'since', 'source'],
);
const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(''));

it('tells people what is wrong with any text', async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(text, async (some) => {
      messages += await importAnything(Buffer.from(some));
    }),
    { numRuns: 1_500 * share },
  );
  expect(messages).toBeGreaterThan(0);
});

it('tells people what is wrong with any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => void (await importAnything(bytes))),
    { numRuns: 500 * share },
  );
});

it.each([
  ['spaces', `a${' '.repeat(900_000)}b`],
  ['dots', `a@${'.'.repeat(900_000)} b`],
  ['at signs', '@'.repeat(900_000)],
  ['digits', '1'.repeat(900_000)],
  ['letters', 'x'.repeat(900_000)],
  ['apostrophes', "'".repeat(900_000)],
])('reads a cell of very many %s in the time that its length takes', async (_, cell) => {
  await importAnything(Buffer.from(`Email,Note\n${cell},${cell}\nann@x.example,${cell}\n`), 64 * 1024);
});
