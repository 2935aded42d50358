import type { Construct } from 'constructs';
import { newTableUnits, partitionUnits } from '../shared/read-budget/table-units.ts';
import { wholeNumber } from './whole-number.ts';

/** How many leads and raw events previews may read for a caller in a minute: the context `previewReadsPerMinute`. */
export function previewReadsOf({ node }: Construct): number {
  const given: unknown = node.tryGetContext('previewReadsPerMinute') ?? 5_000_000;
  return wholeNumber('previewReadsPerMinute', given, 1, 1e12);
}

/**
 * How many read units a second Leads, Events and Memberships each serve at once, as DynamoDB tells of them: the context
 * `warmReadUnits`; as new tables do without one.
 */
export function warmReadUnitsOf({ node }: Construct): number {
  return wholeNumber('warmReadUnits', node.tryGetContext('warmReadUnits') ?? newTableUnits, partitionUnits, 1e9);
}
