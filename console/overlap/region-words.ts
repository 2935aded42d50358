import type { Rule } from '../../shared/rule/rule.ts';

/** A combination of segments: how many leads are in exactly these of those that are compared. */
export interface Region {
  readonly segmentIds: readonly string[];
  readonly leads: number;
}

/** "Only in A", "In A and B, not in C": who is in a region. */
export function regionWords(
  { segmentIds }: Region,
  compared: readonly string[],
  nameOf: (id: string) => string,
): string {
  const outside = compared.filter((id) => !segmentIds.includes(id));
  const [first = '', ...others] = segmentIds.map(nameOf);
  if (others.length === 0) return `Only in ${first}`;
  const inside = `In ${listed([first, ...others], 'and')}`;
  return outside.length === 0 ? inside : `${inside}, not in ${listed(outside.map(nameOf), 'or')}`;
}

function listed(names: readonly string[], word: string): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** The address of the leads that are in exactly the segments of a region. */
export function leadsOfRegion({ segmentIds }: Region, compared: readonly string[]): string {
  const rules = compared.map((segmentId): Rule => {
    return { type: 'segment', segmentId, operator: segmentIds.includes(segmentId) ? 'in' : 'not_in' };
  });
  return `#/leads?match=all&rules=${encodeURIComponent(JSON.stringify(rules))}`;
}
