import type { Levels } from '../matcher/catalog.ts';

/** The levels and their order, lowest first, until somebody sets others. */
export const defaultLevels: Levels = {
  engagement: ['Cold', 'Warm', 'Hot', 'Very Hot'],
  profile: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
  account: ['Standard', 'Qualified', 'Target', 'Strategic'],
};
