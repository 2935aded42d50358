import { z } from 'zod';
import type { CatalogContext } from '../catalog/catalog.ts';
import type { LevelKind, Levels } from '../rule/levels.ts';
import { ruleLimits } from '../rule/operand.ts';
import { textOf } from '../rule/text-schema.ts';
import { fold, isEmpty } from '../rule/value.ts';

/** The levels and their order, lowest first, until somebody sets others. */
export const defaultLevels: Levels = {
  engagement: ['Cold', 'Warm', 'Hot', 'Very Hot'],
  profile: ['Poor Fit', 'Okay Fit', 'Strong Fit', 'Perfect Fit'],
  account: ['Standard', 'Qualified', 'Target', 'Strategic'],
};

/** Whether there are levels of that kind. */
export function isLevelKind(kind: string): kind is LevelKind {
  return Object.hasOwn(defaultLevels, kind);
}

/** The revision of all levels: the version of the catalog that the last save of any of them made; 0 before the first. */
export function revisionOfLevels({ levelSaves = {} }: Pick<CatalogContext, 'levelSaves'>): number {
  return Math.max(0, ...Object.values(levelSaves).map(({ savedInCatalog }) => savedInCatalog));
}

/** How many levels of one kind there can be. */
export const maximumLevels = 50;

const levelName = textOf(ruleLimits.textCharacters);

/** The body of `PUT /vocabulary/levels/{kind}`: the names from lowest to highest, none twice however it is written. */
export const saveLevelsSchema = z.strictObject({
  levels: z
    .array(levelName)
    .min(1)
    .max(maximumLevels)
    .check(({ value, issues }) => {
      const placeOf = new Map<string, number>();
      for (const [index, name] of value.entries()) {
        if (isEmpty(name)) continue;
        const earlier = placeOf.get(fold(name));
        placeOf.set(fold(name), earlier ?? index);
        if (earlier === undefined) continue;
        const message = `is the same as "${value[earlier]}" before it`;
        issues.push({ code: 'custom', input: name, path: [index], message, params: { code: 'repeated' } });
      }
    }),
});
