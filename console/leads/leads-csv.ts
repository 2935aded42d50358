import { markFormula } from '../../shared/export/formula-mark.ts';
import type { Lead } from '../api/answers.ts';
import type { LeadColumn } from './lead-columns.ts';

/** By which spreadsheets know that a file is UTF-8. */
const byteOrderMark = '\ufeff';

/** Leads as CSV for a spreadsheet: who they are, then the columns that are shown; formulas are neutralised as in exports. */
export function leadsCsv(leads: readonly Lead[], columns: readonly LeadColumn[]): string {
  const heading = ['leadId', 'name', 'e-mail', ...columns.map(({ label }) => label)];
  const rows = leads.map((lead) => [
    lead.leadId,
    lead.displayName,
    lead.email,
    ...columns.map(({ textOf }) => textOf(lead)),
  ]);
  return byteOrderMark + [heading, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(text = ''): string {
  return `"${markFormula(text).replaceAll('"', '""')}"`;
}
