import type { Catalog, CatalogCondition } from '../catalog/catalog.ts';
import { eventsNeededByCondition, type Segment } from '../catalog/segment.ts';

/** The newest events each condition needs; the conditions whose state is not known to be filled that far. */
export function conditionsToFill(segment: Segment, catalog: Catalog): { condition: CatalogCondition; n: number }[] {
  const needed = eventsNeededByCondition(segment.rules);
  return [...needed].flatMap(([key, n], index) => {
    const condition = catalog.conditions.get(key);
    const filledN = segment.conditions[index]?.backfilledN ?? 0;
    return condition && (condition.readsClock || filledN < n) ? [{ condition, n }] : [];
  });
}
