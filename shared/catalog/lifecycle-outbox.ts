import { lifecycleKey } from '../aws/segments-keys.ts';
import type { Segment } from './segment.ts';

const keptSeconds = 7 * 86_400;

/** What happened to a segment, as published on the bus. */
export type SegmentEventType =
  | 'Segment Created'
  | 'Segment Changed'
  | 'Segment Activated'
  | 'Segment Deactivated'
  | 'Segment Deleted'
  | 'Segment Recalculated';

/**
 * One item per lifecycle event; the stream publishes each when it appears. `occasion` tells apart events that a segment
 * may have more than once in a revision; `more` goes into the detail.
 */
export function lifecycleItems(
  segment: Segment,
  types: readonly SegmentEventType[],
  now: number,
  { occasion = '', more = {} }: { occasion?: string; more?: object } = {},
) {
  return types.map((type) => {
    const { id: segmentId, name, revision, active } = segment;
    const kind = type.replaceAll(' ', '-').toLowerCase();
    const id = [segmentId, revision, kind, occasion].filter((part) => part !== '').join(':');
    const detail = {
      id,
      occurredAt: new Date(now).toISOString(),
      segment: { id: segmentId, name, revision, active },
      ...more,
    };
    return {
      ...lifecycleKey(id),
      type,
      detail: JSON.stringify(detail),
      expiresAt: Math.ceil(now / 1000) + keptSeconds,
    };
  });
}
