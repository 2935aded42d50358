import {
  announcementsPartition,
  catalogKey,
  deliveryKey,
  freshnessPartition,
  lifecycleKey,
  segmentsPartition,
  vocabularyPartition,
} from '../shared/aws/segments-keys.ts';
import type { WritesByKey } from './house-function.ts';

/** What whoever evaluates leads writes in the segments table. */
export const evaluating = {
  [announcementsPartition('*')]: ['PutItem'],
  // Whoever is first notes into how many shards the leads go.
  [catalogKey.pk]: ['UpdateItem'],
} satisfies WritesByKey;

/** What the worker of a queue writes there. */
export const receiving = { [deliveryKey('*').pk]: ['DeleteItem', 'UpdateItem'] } satisfies WritesByKey;

/** What the worker of a change queue writes there. */
export const changing = {
  ...receiving,
  [freshnessPartition]: ['PutItem'],
  [vocabularyPartition]: ['PutItem'],
} satisfies WritesByKey;

/** What the end of a recalculation writes there. */
export const endingRuns = {
  [catalogKey.pk]: ['PutItem', 'UpdateItem'],
  [lifecycleKey('*').pk]: ['PutItem'],
  [segmentsPartition]: ['UpdateItem'],
} satisfies WritesByKey;
