import { useMutation } from '@tanstack/react-query';
import type { Import } from '../api/answers.ts';
import { useApi } from '../api/api.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { formatCount } from '../words/format.ts';
import { formatRows } from './import-state.tsx';

type Result = NonNullable<Import['result']>;

/** What was refused or left out and why, and the rows to download. */
export function ImportResult({ job: { importId, state }, result }: { job: Import; result: Result }) {
  const hasRows = result.refused.length + result.leftOut.length > 0;
  return (
    <section className="card" aria-label="Result">
      <h2>Result</h2>
      {!hasRows && <p>Every row that was read is imported as it is.</p>}
      <ImportTally tally={result} />
      {hasRows && <RefusedRows importId={importId} isWhole={state === 'done'} />}
    </section>
  );
}

/** Reasons for which rows are refused and cells left out, and what else is to be known. */
export function ImportTally({ tally: { refused, leftOut, repeatedRows, foldedIds, notices } }: { tally: Result }) {
  const told = [
    ...(repeatedRows > 0
      ? [`${formatRows(repeatedRows)} of a lead or account that came before: the later one wins.`]
      : []),
    ...(foldedIds.rows > 0
      ? [`Ids that are mail addresses are in lower case now, in ${formatRows(foldedIds.rows)}.`]
      : []),
    ...notices,
  ];
  return (
    <>
      <ReasonTable title="Refused rows" groups={refused} />
      <ReasonTable title="Left out of rows that are imported" groups={leftOut} />
      {told.length > 0 && (
        <ul className="told">
          {told.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function ReasonTable({ title, groups }: { title: string; groups: Result['refused'] }) {
  if (groups.length === 0) return null;
  return (
    <div className="table-scroll">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col">Column</th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col" className="wide-only">
              Lines
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ reason, column, value, count, lines }) => (
            <tr key={`${reason} ${column} ${value}`}>
              <td>
                {reason}
                {value !== undefined && <span className="muted">{` (“${value}”)`}</span>}
              </td>
              <td>{column ?? '–'}</td>
              <td className="number figure">{formatCount(count)}</td>
              <td className="wide-only muted">
                {lines.map(formatCount).join(', ')}
                {count > lines.length && ' …'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RefusedRows({ importId, isWhole }: { importId: string; isWhole: boolean }) {
  const api = useApi();
  const fetchRows = useMutation({
    mutationFn: () => api.refusedRows(importId),
    // It comes as an attachment: the page stays.
    onSuccess: ({ url }) => location.assign(url),
  });
  return (
    <div className="refused-rows">
      <button type="button" disabled={fetchRows.isPending} onClick={() => fetchRows.mutate()}>
        Download these rows
      </button>
      <span className="muted">
        {isWhole ? 'As CSV with the reason' : 'Those read before it ended, as CSV with the reason'}, to be corrected and
        imported. Kept for seven days.
      </span>
      {fetchRows.isError && <ProblemNotice title="There is no such file" error={fetchRows.error} />}
    </div>
  );
}
