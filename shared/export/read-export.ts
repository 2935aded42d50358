import { own } from '../lead/lead-document.ts';
import { isEmpty, type Value } from '../rule/value.ts';
import { attributeOfHeading, kindsHeading, memberHeadings } from './export-columns.ts';
import { unmarkFormula } from './formula-mark.ts';

/** How to read a file that is an export of members, so that nothing of what the export added or left out is taken over. */
export interface ExportFile {
  /** A cell as it was before the export. */
  textOf(cell: string): string;
  /** The attributes that a row tells, by name; empty cells are left out. Throws `ExportCellError`. */
  attributesOf(cells: readonly string[]): Record<string, Value>;
}

/** A cell that the export cannot have written, with its column. */
export class ExportCellError extends Error {
  override name = 'ExportCellError';
}

/** How to read the rows below that header, if it is one of an export, columns in any order; undefined for other files. */
export function exportFileOf(header: readonly string[]): ExportFile | undefined {
  if (!memberHeadings.every((column) => header.includes(column))) return undefined;
  const kindsAt = header.indexOf(kindsHeading);
  const isForData = kindsAt >= 0;
  const textOf = isForData ? (cell: string) => cell : unmarkFormula;
  const attributes = header.flatMap((heading, index) => {
    const name = attributeOfHeading(textOf(heading));
    return name === undefined || isEmpty(name) ? [] : [{ name, index }];
  });
  const attributesOf = (cells: readonly string[]) => {
    const kinds = kindsIn(cells[kindsAt]);
    const entries = attributes.flatMap(({ name, index }) => {
      const text = textOf(cells[index] ?? '');
      if (isEmpty(text)) return [];
      const value = isForData ? typedValue(name, text, own(kinds, name)) : (listIn(text) ?? text);
      return [[name, value] as const];
    });
    // Of two columns with one name the first counts.
    return Object.fromEntries(entries.reverse());
  };
  return { textOf, attributesOf };
}

function kindsIn(cell = ''): Readonly<Record<string, unknown>> {
  if (isEmpty(cell)) return {};
  const kinds = parsed(cell);
  if (typeof kinds === 'object' && kinds !== null) return kinds as Readonly<Record<string, unknown>>;
  throw new ExportCellError(`${kindsHeading}: is not as an export writes it`);
}

function typedValue(name: string, text: string, kind: unknown): Value {
  if (kind === undefined) return text;
  const value = kind === 'list' ? listIn(text) : parsed(text);
  if (value === undefined || (kind !== 'list' && typeof value !== kind)) {
    throw new ExportCellError(`${name}: "${text.slice(0, 60)}" is no ${String(kind)}`);
  }
  return value as Value;
}

/** The list that an export would write as just this text. */
function listIn(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const list = parsed(text);
  const isList = Array.isArray(list) && list.every((element) => typeof element === 'string');
  return isList && !isEmpty(list) && JSON.stringify(list) === text ? list : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
