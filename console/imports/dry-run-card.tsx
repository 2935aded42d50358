import { Loader, Table, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Import } from '../api/answers.ts';
import { Card } from '../parts/card.tsx';
import { Facts } from '../parts/facts.tsx';
import { TextLink } from '../parts/link.tsx';
import { ProblemNotice } from '../parts/notice.tsx';
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
    <Card title="Dry run" isBusy={isTrying} headingRef={heading} actions={isTrying && <Loader size="xs" aria-hidden />}>
      <output>
        {isTrying
          ? 'Trying: nothing is written …'
          : dryRun &&
            `${formatRows(dryRun.rows - dryRun.refusedRows)} would be imported, ${refusedOf(dryRun)} refused.`}
      </output>
      {isOutdated && <Text c="var(--console-bad)">The mapping was changed since: run it again.</Text>}
      {!isTrying && dryRun && <DryRunDetails dryRun={dryRun} />}
    </Card>
  );
}

const refusedOf = ({ refusedRows }: DryRun) => (refusedRows === 0 ? 'none' : formatCount(refusedRows));

function DryRunDetails({ dryRun }: { dryRun: DryRun }) {
  const { leads, complete, reason } = dryRun;
  return (
    <>
      {reason !== undefined && <ProblemNotice title="The rest of the file cannot be read" error={reason} />}
      {!complete && reason === undefined && <Text c="dimmed">Time was up: the rest of the file is not looked at.</Text>}
      {leads && <Leads leads={leads} isPart={leads.rows < dryRun.rows} />}
      <ImportTally tally={dryRun} />
    </>
  );
}

function Leads({ leads, isPart }: { leads: NonNullable<DryRun['leads']>; isPart: boolean }) {
  const { segments, failed } = leads;
  return (
    <>
      {isPart && <Text c="dimmed">{`Leads and segments: as of the first ${formatRows(leads.rows)}.`}</Text>}
      <Facts
        facts={[
          ['New leads', formatCount(leads.new)],
          ['Changed', formatCount(leads.changed)],
          ['Unchanged', formatCount(leads.unchanged)],
          ['Cannot be taken in', failed > 0 ? formatCount(failed) : undefined],
        ]}
      />
      {segments.length === 0 ? (
        <Text c="dimmed">No lead would enter or leave a segment.</Text>
      ) : (
        <Table.ScrollContainer minWidth={320} type="native">
          <Table>
            <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>Segments</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Segment</Table.Th>
                <Table.Th>Would enter</Table.Th>
                <Table.Th>Would leave</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {segments.map(({ segmentId, name, entering, leaving }) => (
                <Table.Tr key={segmentId}>
                  <Table.Th scope="row" fw={500}>
                    <TextLink to="/segments/$segmentId/rules" params={{ segmentId }}>
                      {name}
                    </TextLink>
                  </Table.Th>
                  <Moves moves={entering} />
                  <Moves moves={leaving} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}

function Moves({ moves: { total, leadIds } }: { moves: NonNullable<DryRun['leads']>['segments'][number]['entering'] }) {
  return (
    <Table.Td>
      {total === 0 ? '–' : formatLeads(total)}
      {total > 0 && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {`${leadIds.join(', ')}${total > leadIds.length ? ' …' : ''}`}
        </Text>
      )}
    </Table.Td>
  );
}
