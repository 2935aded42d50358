import { accountChangeSchema } from '../lead/change.ts';
import { isEmpty, type Value } from '../rule/value.ts';
import { isNoValue, nameOfKind, readCell } from '../table/column-kind.ts';
import { readDate } from '../table/date-text.ts';
import type { BoundMapping } from './bound-mapping.ts';
import { foldId, isForSlug, slugOf } from './import-ids.ts';
import type { ImportProblem } from './problem-groups.ts';
import { reasonColumn } from './refused-rows.ts';

/** One row as its mapping reads it. Cells that cannot be read are left out and told. */
export class RowReading {
  readonly problems: ImportProblem[] = [];
  private readonly bound: BoundMapping;
  private readonly cells: readonly string[];

  constructor(bound: BoundMapping, cells: readonly string[]) {
    this.bound = bound;
    this.cells = cells;
  }

  /** Leaves something out, for that reason. */
  leaveOut(reason: string, column?: string, value?: string): void {
    const where = { ...(column !== undefined && { column }), ...(value !== undefined && { value }) };
    this.problems.push({ reason: `${reason}; left out`, ...where });
  }

  /**
   * The text of a cell, trimmed; undefined when it is empty, or no column is named. What was exported is as it was sent,
   * spaces included.
   */
  cell(column: string | undefined): string | undefined {
    if (column === undefined) return undefined;
    const { exported, positions } = this.bound;
    const written = this.cells[positions.get(column)!] ?? '';
    const text = exported ? exported.textOf(written) : written.trim();
    return isEmpty(text) ? undefined : text;
  }

  /** What stands in a cell for a moment, and the ISO date-time that it is, if it is one; undefined when it is empty. */
  moment(column: string): { readonly text: string; readonly moment: string | undefined } | undefined {
    const text = this.cell(column);
    const kind = this.bound.kinds.get(column);
    const order = kind?.kind === 'date' ? kind.order : 'YMD';
    if (text === undefined || isNoValue(text, { kind: 'date', order })) return undefined;
    const date = readDate(text, order);
    return { text, moment: date && new Date(date).toISOString() };
  }

  /** The attributes of the row: no empty ones, for an import never clears anything. */
  attributes(): [string, Value][] {
    const { exported } = this.bound;
    if (exported) return Object.entries(exported.attributesOf(this.cells)).filter(([name]) => name !== reasonColumn);
    return this.bound.attributes.flatMap(({ column, attribute, kind }): [string, Value][] => {
      const text = this.cell(column);
      if (text === undefined || isNoValue(text, kind)) return [];
      const value = readCell(text, kind);
      if (value === undefined) this.leaveOut(`no ${nameOfKind(kind)}`, column, text);
      return isEmpty(value) ? [] : [[attribute, value!]];
    });
  }

  /** The id in a cell; mail addresses are folded, if they are to be. */
  id(column: string): string | undefined {
    const text = this.cell(column);
    return text === undefined || this.bound.mapping.exactIds ? text : foldId(text);
  }

  /** The account id in a cell, made a slug of if need be and allowed; undefined when there is none. */
  accountId(column: string): string | undefined {
    const text = this.id(column);
    if (text === undefined) return undefined;
    const { slugIds } = this.bound.mapping;
    const slug = slugIds && isForSlug(text) ? slugOf(text) : '';
    if (slug !== '') return slug;
    const { data, error } = accountChangeSchema.shape.accountId.safeParse(text);
    if (data !== undefined) return data;
    const reason = slugIds ? 'nothing to make an account id of' : `no account id: it ${error?.issues[0]?.message}`;
    this.leaveOut(reason, column, text);
    return undefined;
  }
}
