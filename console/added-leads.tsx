import type { AddedLead } from './api-answers.ts';
import { formatCount } from './format.ts';
import { hrefs } from './route.ts';

interface AddedLeadsProps {
  results: readonly AddedLead[];
  wasPinned: boolean;
  onClose: () => void;
}

/** What became of each lead that was to be added; those that were not come first. */
export function AddedLeads({ results, wasPinned, onClose }: AddedLeadsProps) {
  const order: readonly AddedLead['result'][] = ['refused', 'unknown_lead', 'already_member', 'added'];
  const sorted = [...results].sort((a, b) => order.indexOf(a.result) - order.indexOf(b.result));
  const count = (result: AddedLead['result']) => results.filter((one) => one.result === result).length;
  const words = [
    `${formatCount(count('added'))} added`,
    ...(count('already_member') > 0 ? [`${formatCount(count('already_member'))} in it already`] : []),
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

function resultWords({ result, detail, wasExcluded }: AddedLead, wasPinned: boolean): string {
  switch (result) {
    case 'added':
      return `${wasPinned ? 'Pinned' : 'Added'}${wasExcluded ? '; it had been excluded until now' : ''}`;
    case 'already_member':
      return wasPinned ? 'Was in it already, is pinned now' : 'Was in it already';
    case 'unknown_lead':
      return 'There is no such lead';
    case 'refused':
      return `Refused: ${detail}`;
  }
}
