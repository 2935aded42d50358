import type { Catalog } from '../catalog/catalog.ts';
import { isMember, type LeadDocument } from '../lead/lead-document.ts';

/** The active segments that the lead's document says it is in; `only`: of those. `since` is an ISO date-time. */
export function segmentsOfLead(
  document: LeadDocument,
  { active }: Pick<Catalog, 'active'>,
  only?: ReadonlySet<string>,
) {
  return Object.entries(document.memberships).flatMap(([id, { since, source }]) => {
    const segment = active.get(id)?.segment;
    if (!segment || (only && !only.has(id)) || !isMember(document, id)) return [];
    return [{ id, name: segment.name, since: new Date(since).toISOString(), source }];
  });
}
