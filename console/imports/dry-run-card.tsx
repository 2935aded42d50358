import { useEffect, useRef } from 'react';
import type { Import } from '../api/answers.ts';
import { ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { formatCount, formatLeads } from '../words/format.ts';
import { ImportTally } from './import-result.tsx';
import { formatRows } from './import-state.tsx';

type DryRun = NonNullable<Import['dryRun']>;

/** What the import would do, by the last dry run. `isOutdated`: the mapping was edited since. */
export function DryRunCard({ job: { state, dryRun }, isOutdated }: { job: Import; isOutdated: boolean }) {
  const isTrying = state === 'trying';
  const heading = useRef<HTMLHeadingElement>(null);
  // Who asked for it is at the end of a long form: here is what comes of it.
  useEffect(() => {
    if (isTrying) heading.current?.focus();
  }, [isTrying]);
  return (
    <section className="card" aria-label="Dry run" aria-busy={isTrying}>
      <h2 ref={heading} tabIndex={-1}>
        Dry run
        {isTrying && <span className="spinner" aria-hidden="true" />}
      </h2>
      <output>
        {isTrying
          ? 'Trying: nothing is written …'
          : dryRun &&
            `${formatRows(dryRun.rows - dryRun.refusedRows)} would be imported, ${refusedOf(dryRun)} refused.`}
      </output>
      {isOutdated && <p className="bad">The mapping was changed since: run it again.</p>}
      {!isTrying && dryRun && <DryRunDetails dryRun={dryRun} />}
    </section>
  );
}

const refusedOf = ({ refusedRows }: DryRun) => (refusedRows === 0 ? 'none' : formatCount(refusedRows));

function DryRunDetails({ dryRun }: { dryRun: DryRun }) {
  const { leads, complete, reason } = dryRun;
  return (
    <>
      {reason !== undefined && <ProblemNotice title="The rest of the file cannot be read" error={reason} />}
      {!complete && reason === undefined && (
        <p className="muted">Time was up: the rest of the file is not looked at.</p>
      )}
      {leads && <Leads leads={leads} isPart={leads.rows < dryRun.rows} />}
      <ImportTally tally={dryRun} />
    </>
  );
}

function Leads({ leads, isPart }: { leads: NonNullable<DryRun['leads']>; isPart: boolean }) {
  const { segments, failed } = leads;
  const facts = [
    { name: 'New leads', count: leads.new },
    { name: 'Changed', count: leads.changed },
    { name: 'Unchanged', count: leads.unchanged },
    ...(failed > 0 ? [{ name: 'Cannot be taken in', count: failed }] : []),
  ];
  return (
    <>
      {isPart && <p className="muted">{`Leads and segments: as of the first ${formatRows(leads.rows)}.`}</p>}
      <dl className="facts">
        {facts.map(({ name, count }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figure">{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
      {segments.length === 0 ? (
        <p className="muted">No lead would enter or leave a segment.</p>
      ) : (
        <div className="table-scroll">
          <table>
            <caption>Segments</caption>
            <thead>
              <tr>
                <th scope="col">Segment</th>
                <th scope="col">Would enter</th>
                <th scope="col">Would leave</th>
              </tr>
            </thead>
            <tbody>
              {segments.map(({ segmentId, name, entering, leaving }) => (
                <tr key={segmentId}>
                  <th scope="row">
                    <a href={hrefs.segment(segmentId)}>{name}</a>
                  </th>
                  <Moves moves={entering} />
                  <Moves moves={leaving} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Moves({ moves: { total, leadIds } }: { moves: NonNullable<DryRun['leads']>['segments'][number]['entering'] }) {
  return (
    <td>
      {total === 0 ? '–' : formatLeads(total)}
      {total > 0 && <span className="row-note">{`${leadIds.join(', ')}${total > leadIds.length ? ' …' : ''}`}</span>}
    </td>
  );
}
