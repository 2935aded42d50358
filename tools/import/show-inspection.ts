import type { Suggestion } from '../../shared/import/suggest-mapping.ts';
import { nameOfKind } from '../../shared/table/column-kind.ts';
import type { ColumnProfile } from '../../shared/table/column-profile.ts';
import type { Inspection } from '../../shared/table/inspect.ts';
import { optionsFor } from './mapping-options.ts';
import { quoteForShell } from './quote-for-shell.ts';

const widestName = 32;
const widestSamples = 60;

/** What was found in a file, for people, and the command that imports it. `asked`: the arguments that were given. */
export function describeInspection(
  inspection: Inspection,
  { mapping, notices: open }: Suggestion,
  file: string,
  asked: readonly string[],
): string {
  const { layout, columns, rows, isWhole, notices } = inspection;
  const where = layout.headerLine === 0 ? 'no header line' : `header in line ${layout.headerLine}`;
  const count = isWhole ? `${rows} rows` : `more than ${rows} rows, of which the first ${rows} were looked at`;
  const command = mapping && ['npm', 'run', 'import', '--', ...asked, ...optionsFor(mapping)];
  return [
    `${file}: ${formatOf(inspection)}, ${where}, ${count}.`,
    ...[...notices, ...open].map((notice) => `- ${notice}`),
    '',
    ...tableOf([['column', 'holds', 'filled', 'such as'], ...columns.map(lineOf)]),
    '',
    ...(command
      ? ['To try it (--dry-run), then to import it:', `  ${command.map(quoteForShell).join(' ')}`]
      : ['To import it, say which column is the id: --lead-id COLUMN. See --help.']),
  ].join('\n');
}

function formatOf({ format }: Inspection): string {
  if (format.kind === 'workbook') return `workbook, sheet "${format.sheet}"`;
  return `CSV in ${format.encoding}, separated by ${format.separator === '\t' ? 'tabs' : `"${format.separator}"`}`;
}

function lineOf({ name, kind, isPlain, filled, rows, samples, misfits }: ColumnProfile): string[] {
  const share = rows === 0 ? 0 : Math.floor((filled / rows) * 100);
  const others = misfits > 0 ? ` (${misfits} not)` : '';
  return [name || '(no name)', (isPlain ? 'number' : nameOfKind(kind)) + others, `${share} %`, samples.join(' · ')];
}

function tableOf(lines: readonly (readonly string[])[]): string[] {
  const plain = lines.map((line) => line.map((cell) => cell.replace(/\s+/g, ' ')));
  const widths = [0, 1, 2].map((index) => Math.min(widestName, Math.max(...plain.map((line) => line[index]!.length))));
  return plain.map((line) => {
    const cells = widths.map((width, index) => cut(line[index]!, width).padEnd(width));
    return `  ${[...cells, cut(line[3]!, widestSamples)].join('  ')}`.trimEnd();
  });
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
