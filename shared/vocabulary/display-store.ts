import { type DisplayFields, guessDisplay } from './display.ts';
import type { SettingStore } from './setting-store.ts';
import type { Sightings } from './vocabulary.ts';
import { leadFieldsOf } from './vocabulary.ts';

/** How long (ms) the fields are remembered: leads are read far more often than this setting changes. */
const rememberedMs = 30_000;

/** Which attributes leads are known by: as it was set, or else guessed from the fields that leads were seen with. */
export function createDisplayStore({
  setting,
  sightings,
  now,
}: {
  readonly setting: SettingStore<DisplayFields>;
  readonly sightings: () => Promise<Sightings>;
  readonly now: () => number;
}) {
  let remembered: { readonly until: number; readonly fields: Promise<DisplayFields> } | undefined;
  const readFields = async () => (await setting.read()).value ?? guessDisplay(leadFieldsOf(await sightings()));

  return {
    /** The setting as it is stored now. */
    read: setting.read,

    /** As they were within the last half minute. */
    fields: (): Promise<DisplayFields> => {
      if (remembered && now() < remembered.until) return remembered.fields;
      const fields = readFields();
      remembered = { until: now() + rememberedMs, fields };
      fields.catch(() => {
        remembered = undefined;
      });
      return fields;
    },

    /** Stores the revision that follows another one; answers false when somebody else did before. */
    follow: async (revision: number, fields: DisplayFields): Promise<boolean> => {
      const isStored = await setting.follow(revision, fields);
      // What was read meanwhile may be what was there before.
      remembered = undefined;
      return isStored;
    },
  };
}
