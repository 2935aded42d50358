import { Anchor, Text, VisuallyHidden } from '@mantine/core';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { formatCount, formatLeads, formatShare } from '../words/format.ts';
import { useOverlapOf, useSegmentsOfIds } from './overlap-queries.ts';
import classes from './overlap-view.module.css';
import { leadsOfRegion, regionWords } from './region-words.ts';

const letters = ['A', 'B', 'C', 'D'];

/** How many leads are in each combination of segments: a bar each, and a link to these leads. */
export function OverlapView({ segmentIds }: { segmentIds: readonly string[] }) {
  const overlap = useOverlapOf(segmentIds);
  const segments = useSegmentsOfIds(segmentIds).data ?? [];
  const nameOf = (id: string) => segments.find((segment) => segment.id === id)?.name ?? '…';
  if (overlap.isPending) return <Loading what="the overlap" />;
  if (!overlap.data) {
    return (
      <ProblemNotice
        title="The overlap could not be counted"
        error={overlap.error}
        onRetry={() => void overlap.refetch()}
      />
    );
  }
  const { regions, segmentIds: compared } = overlap.data;
  const shown = regions.filter(({ leads }) => leads > 0).sort((a, b) => b.leads - a.leads);
  const all = shown.reduce((sum, { leads }) => sum + leads, 0);
  const most = Math.max(1, ...shown.map(({ leads }) => leads));
  const sizeOf = (id: string) =>
    shown.reduce((sum, { segmentIds: inside, leads }) => (inside.includes(id) ? sum + leads : sum), 0);
  return (
    <>
      <ul className={classes.legend} aria-label="Compared segments">
        {compared.map((id, place) => (
          <li key={id}>
            <b className={classes.letter}>{letters[place]}</b> {nameOf(id)}{' '}
            <Text span c="dimmed" size="sm">
              {formatLeads(sizeOf(id))}
            </Text>
          </li>
        ))}
      </ul>
      {shown.length === 0 ? (
        <Text c="dimmed">Nobody is in any of them.</Text>
      ) : (
        <table className={classes.table} aria-label="Leads by combination">
          <thead>
            <tr>
              {compared.map((id, place) => (
                <th key={id} scope="col" className={classes.dot}>
                  <span aria-hidden="true">{letters[place]}</span>
                  <VisuallyHidden>{nameOf(id)}</VisuallyHidden>
                </th>
              ))}
              <th scope="col">Who</th>
              <th scope="col" className={classes.count}>
                Leads
              </th>
              <th scope="col" className={classes.share}>
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((region) => (
              <tr key={region.segmentIds.join()}>
                {compared.map((id) => {
                  const isIn = region.segmentIds.includes(id);
                  return (
                    <td key={id} className={classes.dot}>
                      <span aria-hidden="true" className={classes.mark} data-in={isIn || undefined} />
                      <VisuallyHidden>{isIn ? 'in' : 'not in'}</VisuallyHidden>
                    </td>
                  );
                })}
                <td className={classes.words}>{regionWords(region, compared, nameOf)}</td>
                <td className={classes.count}>
                  <Anchor
                    href={leadsOfRegion(region, compared)}
                    aria-label={`${formatLeads(region.leads)}: ${regionWords(region, compared, nameOf)}`}
                  >
                    {formatCount(region.leads)}
                  </Anchor>
                </td>
                <td className={classes.share}>
                  <span className={classes.track} aria-hidden="true">
                    <span className={classes.bar} style={{ width: `${(region.leads / most) * 100}%` }} />
                  </span>
                  {formatShare(region.leads / all)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
