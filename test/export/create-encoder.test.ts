import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemberEncoder } from '../../shared/export/create-encoder.ts';
import type { ExportForm, ExportFormat } from '../../shared/export/export.ts';
import { exportedMembers, fileOf, leadWith } from './exported-leads.ts';
import { parquetTable } from './read-parquet.ts';

/** How the work on a page of members ends: with a part, or with nothing but what is kept. */
const ending = fc.record({ leads: fc.array(fc.string(), { maxLength: 6 }), makesPart: fc.boolean() });

/** What a reader finds in it: of Parquet the rows, since their groups differ. */
const readAs = (format: ExportFormat, file: Uint8Array): unknown =>
  format === 'parquet' ? parquetTable(file).rows : Buffer.from(file).toString();

test.each(['csv', 'jsonl', 'parquet'] as const)(
  'a file of parts, in %s, is that of one go, wherever each was left off',
  (format) => {
    const form: ExportForm = { format, fields: ['text'], purpose: 'data' };
    fc.assert(
      fc.property(fc.array(ending, { maxLength: 8 }), (endings) => {
        const pages = endings.map(({ leads }) => leads.map((text) => leadWith({ attributes: { text } })));
        const parts: Uint8Array[] = [];
        let kept: Uint8Array | undefined;
        for (const [index, { makesPart }] of endings.entries()) {
          const encoder = createMemberEncoder(form, kept);
          encoder.add(exportedMembers(pages[index]!, form));
          const { content, footer } = encoder.end();
          if (makesPart) parts.push(content);
          kept = makesPart ? footer : Buffer.concat([content, footer]);
        }
        const { content, footer } = createMemberEncoder(form, kept).end();
        const file = Buffer.concat([...parts, content, footer]);
        expect(readAs(format, file)).toEqual(readAs(format, fileOf(pages.flat(), form)));
      }),
    );
  },
);
