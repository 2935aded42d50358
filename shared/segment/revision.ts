import { labelsOf, type Segment, type SegmentContent } from '../catalog/segment.ts';

/** Where a save took its content from, when it was not typed in: another segment, or an earlier revision. */
export interface SaveOrigin {
  /** The id of the segment it is a copy of. */
  readonly copiedFrom?: string;
  /** The number of the revision that was restored. */
  readonly restored?: number;
}

/** What one save left of a segment, and who saved it when. Never changed once it is stored. */
export interface Revision extends SegmentContent, SaveOrigin {
  /** 1 is the segment as it was created. */
  readonly revision: number;
  /** ISO date-time. */
  readonly savedAt: string;
  /** Left out for saves from before authors were noted. */
  readonly author?: string;
}

/** The revision that a segment is at. */
export function revisionOf(segment: Segment, origin: SaveOrigin = {}): Revision {
  const { revision, name, description, active, match, rules, updatedAt, updatedBy } = segment;
  const who = updatedBy === undefined ? {} : { author: updatedBy };
  const content = { name, description, ...labelsOf(segment), active, match, rules };
  return { revision, savedAt: updatedAt, ...who, ...content, ...origin };
}
