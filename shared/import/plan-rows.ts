import type { z } from 'zod';
import { ExportCellError } from '../export/read-export.ts';
import { accountChangeSchema, leadEventSchema, levelChangeSchema, profileChangeSchema } from '../lead/change.ts';
import { isEmpty, type Value } from '../rule/value.ts';
import type { TableRow } from '../table/csv-rows.ts';
import { bindMapping } from './bound-mapping.ts';
import { type CellOfChange, type ChangeContent, takeOutBadCells } from './checked-change.ts';
import { importedEventId, slugOf } from './import-ids.ts';
import { type EventMapping, type ImportMapping, type ImportQueue, type LeadMapping, queuesOf } from './mapping.ts';
import type { ImportProblem } from './problem-groups.ts';
import { createRepeatCounter } from './repeats.ts';
import { RowReading } from './row-reading.ts';

/** A message for one queue, as its JSON. */
export interface ImportMessage {
  readonly queue: ImportQueue;
  readonly body: string;
}

/** Messages by the queue that they are for, in their order. */
export function byQueue(messages: readonly ImportMessage[]): ReadonlyMap<ImportQueue, readonly ImportMessage[]> {
  const groups = new Map<ImportQueue, ImportMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.queue);
    if (group) group.push(message);
    else groups.set(message.queue, [message]);
  }
  return groups;
}

/** What a row says. */
export interface PlannedRow {
  /** None where the row is refused. */
  readonly messages: readonly ImportMessage[];
  /** Why it is refused; or what is left out of it: cells, an event. */
  readonly problems: readonly ImportProblem[];
  readonly isRefused: boolean;
  /** Whether an earlier row is of the same lead or account, as of the same moment: what this one says wins. */
  readonly isRepeat: boolean;
  /** Its id as it was written, where that is a mail address that was folded. */
  readonly foldedId?: string;
}

/** A mapping bound to the header of a file. */
export interface RowPlanner {
  /**
   * What a row says. `now`: epoch ms, which moments must not be far ahead of. To go on in the middle of a file, give it the
   * rows before as well, in order, or `pass` them: what it does with a row depends on earlier ones of the same lead.
   */
  plan(row: Pick<TableRow, 'cells'>, now: number): PlannedRow;
  /** Takes note of a row that was planned another time, at the speed of the parser. Answers its id, unless it is refused. */
  pass(row: Pick<TableRow, 'cells'>): string | undefined;
  /** What the header has that is left out, for people to know. */
  readonly notices: readonly string[];
  /** The queues that the messages of its rows are for. */
  readonly queues: readonly ImportQueue[];
}

/** Why nothing of a row can be sent. */
class RowRefused extends Error {
  readonly problem: ImportProblem;

  constructor(reason: string, column?: string, value?: string) {
    super(reason);
    this.problem = { reason, ...(column !== undefined && { column }), ...(value !== undefined && { value }) };
  }
}

/**
 * Binds a mapping to a header. `startedAt`: ISO moment as of which rows are where the mapping says
 * nothing. Throws `MappingError` for columns that the header does not have.
 */
export function createRowPlanner(
  header: readonly string[],
  asked: ImportMapping,
  { startedAt }: { readonly startedAt: string },
): RowPlanner {
  const bound = bindMapping(header, asked);
  const { mapping } = bound;
  const { occurredAt = { moment: startedAt } } = mapping;
  const when = 'moment' in occurredAt ? { moment: new Date(occurredAt.moment).toISOString() } : occurredAt;
  const timesBefore = createRepeatCounter();
  const columnOf = new Map(bound.attributes.map(({ attribute, column }) => [attribute, column]));
  const constants = mapping.constants.map(({ attribute, value }): [string, Value] => [attribute, value]);

  /** Sends a change, without the cells that it cannot have. Answers why it cannot be sent at all. */
  const sender = (row: RowReading, messages: ImportMessage[], now: number) => {
    const leaveOut = (cell: CellOfChange, reason: string, value: string) =>
      row.leaveOut(reason, 'level' in cell ? levelColumn(mapping, cell.level) : columnOf.get(cell.attribute), value);
    return (queue: ImportQueue, content: ChangeContent): string | undefined => {
      const reason = takeOutBadCells(content, schemas[queue], now, leaveOut);
      const isEmptied = queue === 'level' && !('engagementLevel' in content || 'profileLevel' in content);
      if (reason === undefined && !isEmptied) messages.push({ queue, body: JSON.stringify(content) });
      return reason;
    };
  };

  /** Reads of whom and of when a row is. Throws `RowRefused`. */
  const begin = (cells: readonly string[]) => {
    const row = new RowReading(bound, cells);
    if (!isEmpty(cells.slice(bound.width))) throw new RowRefused(`more cells than the ${bound.width} of the header`);
    const { id, link } = mapping.kind === 'leads' ? leadIn(row, mapping) : { id: accountIn(row, mapping), link: {} };
    const inFile = occurredAtIn(row, when);
    return { row, id, link, inFile, before: timesBefore(`${id} ${inFile}`) };
  };

  const planRow = ({ row, id, link, inFile, before }: ReturnType<typeof begin>, send: ReturnType<typeof sender>) => {
    // Of two changes of one moment neither would be the later one, so each row is a millisecond after those it repeats.
    const occurredAt = new Date(Date.parse(inFile) + before).toISOString();
    const attributes = Object.fromEntries([...constants, ...row.attributes()]);
    const reason =
      mapping.kind === 'leads'
        ? send('profile', { leadId: id, occurredAt, ...link, attributes })
        : send('account', { accountId: id, occurredAt, ...levelsIn(row, mapping), attributes });
    if (reason !== undefined) throw new RowRefused(reason);
    if (mapping.kind === 'accounts') return;
    const levels = levelsIn(row, mapping);
    if (Object.keys(levels).length > 0) send('level', { leadId: id, occurredAt, ...levels });
    for (const event of mapping.events) {
      const content = eventIn(row, event, id);
      const why = content && send('event', content);
      if (why !== undefined) row.leaveOut(`event: ${why}`, event.momentColumn, row.cell(event.momentColumn));
    }
  };

  /** What `read` answers; why the row is refused, if it throws that. */
  const unlessRefused = <T>(read: () => T): T | ImportProblem => {
    try {
      return read();
    } catch (error) {
      if (error instanceof RowRefused) return error.problem;
      if (error instanceof ExportCellError) return { reason: error.message };
      throw error;
    }
  };

  return {
    notices: bound.notices,
    queues: queuesOf(mapping),
    plan({ cells }, now) {
      const planned = unlessRefused((): PlannedRow => {
        const begun = begin(cells);
        const { row, before } = begun;
        const messages: ImportMessage[] = [];
        planRow(begun, sender(row, messages, now));
        const idColumn = mapping.kind === 'leads' ? mapping.leadId : mapping.accountId;
        const [written, id] = [row.cell(idColumn), row.id(idColumn)];
        const folded = written !== id && { foldedId: written! };
        return { messages, problems: row.problems, isRefused: false, isRepeat: before > 0, ...folded };
      });
      if ('messages' in planned) return planned;
      return { messages: [], problems: [planned], isRefused: true, isRepeat: false };
    },
    pass({ cells }) {
      const begun = unlessRefused(() => begin(cells));
      return 'id' in begun ? begun.id : undefined;
    },
  };
}

const schemas = {
  profile: profileChangeSchema,
  level: levelChangeSchema,
  event: leadEventSchema,
  account: accountChangeSchema,
} as const satisfies Record<ImportQueue, z.ZodType<{ occurredAt: number }>>;

type LevelName = 'engagementLevel' | 'profileLevel' | 'accountLevel';

function levelColumn(mapping: ImportMapping, name: LevelName): string | undefined {
  const columns: { readonly [Name in LevelName]?: string | undefined } = mapping;
  return columns[name];
}

/** The levels that a row tells. */
function levelsIn(row: RowReading, mapping: ImportMapping): { [Name in LevelName]?: string } {
  const names = ['engagementLevel', 'profileLevel', 'accountLevel'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const level = row.cell(levelColumn(mapping, name));
      return level === undefined ? [] : [[name, level]];
    }),
  );
}

function leadIn(row: RowReading, { leadId, slugLeadIds, accountId }: LeadMapping) {
  const text = row.id(leadId);
  if (text === undefined) throw new RowRefused('no lead id', leadId);
  const written = profileChangeSchema.shape.leadId.safeParse(text);
  const slug = slugLeadIds && !written.success ? slugOf(text) : '';
  const { data: id, error } = slug === '' ? written : { data: slug };
  if (id === undefined) throw new RowRefused(`no lead id: it ${error?.issues[0]?.message}`, leadId, text);
  const account = accountId === undefined ? undefined : row.accountId(accountId);
  return { id, link: account === undefined ? {} : { accountId: account } };
}

function accountIn(row: RowReading, { accountId }: Extract<ImportMapping, { kind: 'accounts' }>): string {
  const id = row.accountId(accountId);
  if (id !== undefined) return id;
  const [problem] = row.problems;
  throw new RowRefused(problem?.reason.replace('; left out', '') ?? 'no account id', accountId, row.cell(accountId));
}

function occurredAtIn(row: RowReading, when: NonNullable<ImportMapping['occurredAt']>): string {
  if ('moment' in when) return when.moment;
  const { text, moment } = row.moment(when.column) ?? {};
  if (moment !== undefined) return moment;
  throw new RowRefused(text === undefined ? 'no moment' : notADate, when.column, text);
}

const notADate = 'no date or moment';

/** The event that a row tells of, if it does. */
function eventIn(row: RowReading, { eventType: type, momentColumn, fields }: EventMapping, leadId: string) {
  const found = row.moment(momentColumn);
  const eventType = typeof type === 'string' ? type : row.cell(type.column);
  if (!found || eventType === undefined) return undefined;
  const { text, moment: occurredAt } = found;
  if (occurredAt === undefined) return row.leaveOut(`event: ${notADate}`, momentColumn, text);
  const metadata = Object.fromEntries(
    Object.entries(fields).flatMap(([field, column]) => {
      const value = row.cell(column);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const eventId = importedEventId(leadId, eventType, occurredAt, metadata);
  return { eventId, leadId, eventType, occurredAt, metadata };
}
