import type { ChangedLead } from '../api/answers.ts';
import { hrefs } from '../parts/route.ts';
import { formatCount } from '../words/format.ts';

interface AddedLeadsProps {
  results: readonly ChangedLead[];
  wasPinned: boolean;
  onClose: () => void;
}

/** What became of a lead that was to be added. */
type Kind = 'refused' | 'unknown_lead' | 'member' | 'added';
const order: readonly Kind[] = ['refused', 'unknown_lead', 'member', 'added'];

function kindOf({ result, wasMember }: ChangedLead): Kind {
  if (result === 'refused' || result === 'unknown_lead') return result;
  return wasMember ? 'member' : 'added';
}

/** What became of each lead that was to be added; those that were not come first. */
export function AddedLeads({ results, wasPinned, onClose }: AddedLeadsProps) {
  const sorted = [...results].sort((a, b) => order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)));
  const count = (kind: Kind) => results.filter((one) => kindOf(one) === kind).length;
  const words = [
    `${formatCount(count('added'))} added`,
    ...(count('member') > 0 ? [`${formatCount(count('member'))} in it already`] : []),
    ...(count('unknown_lead') > 0 ? [`${formatCount(count('unknown_lead'))} unknown`] : []),
    ...(count('refused') > 0 ? [`${formatCount(count('refused'))} refused`] : []),
  ];
  return (
    <>
      <output>{words.join(', ')}. The list of members follows within seconds.</output>
      <div className="results">
        <table>
          <caption className="visually-hidden">What became of each lead</caption>
          <thead>
            <tr>
              <th scope="col">Lead</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((lead) => (
              <tr key={lead.leadId}>
                <th scope="row" className="lead-id" title={lead.leadId}>
                  {lead.result === 'unknown_lead' ? lead.leadId : <a href={hrefs.lead(lead.leadId)}>{lead.leadId}</a>}
                </th>
                <td className={lead.result === 'unknown_lead' || lead.result === 'refused' ? 'bad' : undefined}>
                  {resultWords(lead, wasPinned)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="dialog-actions">
        <button type="button" className="primary" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  );
}

function resultWords(lead: ChangedLead, wasPinned: boolean): string {
  switch (kindOf(lead)) {
    case 'added':
      return `${wasPinned ? 'Pinned' : 'Added'}${lead.wasExcluded ? '; it had been excluded until now' : ''}`;
    case 'member':
      return wasPinned ? 'Was in it already, is pinned now' : 'Was in it already';
    case 'unknown_lead':
      return 'There is no such lead';
    case 'refused':
      return `Refused: ${lead.detail}`;
  }
}
