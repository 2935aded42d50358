import { useLeadSegments, useSegments } from '../api/queries.ts';
import { Moment } from '../parts/moment.tsx';
import { Loading, ProblemNotice } from '../parts/notice.tsx';
import { hrefs } from '../parts/route.ts';
import { sourceWords } from '../words/transition-words.ts';

/** The segments a lead is in, each with the way to why; and the same question about the others. */
export function LeadSegmentsCard({ leadId }: { leadId: string }) {
  const segments = useLeadSegments(leadId);
  const isIn = segments.data?.segments ?? [];
  return (
    <section className="card" aria-label="Segments">
      <h2>In these segments</h2>
      {segments.isPending && <Loading what="segments" />}
      {segments.isError && <ProblemNotice title="The segments could not be read" error={segments.error} />}
      {segments.data && isIn.length === 0 && <p className="muted">In no active segment.</p>}
      {isIn.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Segment</th>
              <th scope="col">Since</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {isIn.map(({ id, name, since, source }) => (
              <tr key={id}>
                <th scope="row">
                  <a href={hrefs.segment(id)}>{name}</a>
                </th>
                <td className="muted">
                  <Moment iso={since} />
                </td>
                <td>
                  <a href={hrefs.explanation(leadId, id)} aria-label={`${sourceWords(source)}: why it is in ${name}`}>
                    {sourceWords(source)}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {segments.data && <WhyNot leadId={leadId} isIn={isIn.map(({ id }) => id)} />}
    </section>
  );
}

/** Asks why the lead is not in one of the other segments. */
function WhyNot({ leadId, isIn }: { leadId: string; isIn: readonly string[] }) {
  const others = (useSegments().data ?? [])
    .filter(({ id }) => !isIn.includes(id))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (others.length === 0) return null;
  return (
    <form
      className="why-not"
      onSubmit={(event) => {
        event.preventDefault();
        const segmentId = String(new FormData(event.currentTarget).get('segmentId'));
        location.hash = hrefs.explanation(leadId, segmentId);
      }}
    >
      <label className="muted">
        Why is it not in{' '}
        <select name="segmentId">
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="small">
        Explain
      </button>
    </form>
  );
}
