import { expect, test } from 'vitest';
import type { DisplayFields } from '../../shared/vocabulary/display.ts';
import { createDisplayStore } from '../../shared/vocabulary/display-store.ts';
import type { SettingStore } from '../../shared/vocabulary/setting-store.ts';

/** A setting in memory, whose next reading can fail. */
function settingOf(value?: DisplayFields) {
  const state = { value, revision: value ? 1 : 0, reads: 0, fails: false };
  const setting: SettingStore<DisplayFields> = {
    read: async () => {
      state.reads++;
      if (state.fails) throw new Error('no table');
      return { revision: state.revision, ...(state.value && { value: state.value }) };
    },
    follow: async (revision, next) => {
      if (revision !== state.revision) return false;
      Object.assign(state, { value: next, revision: revision + 1 });
      return true;
    },
  };
  return { state, setting };
}

const seen = new Map([['lead:Email', { kinds: new Set(['text'] as const), values: new Set<string>() }]]);
const sightings = async () => seen;

test('is guessed from what was seen until it is set', async () => {
  const { setting } = settingOf();
  const store = createDisplayStore({ setting, sightings, now: () => 0 });
  expect(await store.fields()).toEqual({ name: [], email: 'Email' });
  expect(await store.read()).toEqual({ revision: 0 });
  expect(await store.follow(0, { name: ['a'] })).toBe(true);
  expect(await store.fields()).toEqual({ name: ['a'] });
  expect(await store.read()).toEqual({ revision: 1, value: { name: ['a'] } });
});

test('is remembered for half a minute, a failure is not', async () => {
  const { state, setting } = settingOf({ name: ['a'] });
  let now = 0;
  const store = createDisplayStore({ setting, sightings, now: () => now });
  state.fails = true;
  await expect(store.fields()).rejects.toThrow('no table');
  state.fails = false;
  expect(await store.fields()).toEqual({ name: ['a'] });
  state.value = { name: ['b'] };
  now = 29_999;
  expect(await store.fields()).toEqual({ name: ['a'] });
  now = 30_000;
  expect(await store.fields()).toEqual({ name: ['b'] });
  expect(state.reads).toBe(3);
});
