import { expect, test } from 'vitest';
import { compileCatalog } from '../../shared/catalog/catalog.ts';
import { unknownLead } from '../../shared/lead/lead-document.ts';
import type { LeadPage } from '../../shared/lead/lead-reads.ts';
import { countPreviewShard } from '../../shared/preview/continue-preview.ts';
import type { PreviewStore } from '../../shared/preview/preview-store.ts';
import { TimeUp } from '../../shared/read-budget/time-up.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import { defaultLevels } from '../../shared/vocabulary/levels.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const viewed: Rule = { type: 'event_metadata', eventType: 'Page View', operator: 'exists' };
const context = { levels: defaultLevels, eventRetentionDays: 400 };
const catalog = compileCatalog(1, [], context);

/** Counts a shard of a preview that somebody waits for, with pages as they are read. */
function count(readPage: () => Promise<LeadPage>, isTimeUp: () => boolean, rules: readonly Rule[] = []) {
  const question = { match: 'all', rules, sampleSize: 1, now, context } as const;
  const preview = { previewId: 'p', question, round: 1, caller: 'c', polledAt: now };
  const previews = {
    get: async () => preview,
    count: async () => undefined,
    putCount: async () => undefined,
  } as unknown as PreviewStore;
  const ports = {
    catalog: { current: async () => catalog },
    leads: { scan: () => readPage },
    events: {
      pagesFrom: async function* () {
        yield [];
      },
    },
    leadTotal: {
      readByShard: async () => new Map<string, number>(),
      correct: async () => undefined,
      add: async () => {},
    },
    budgets: { add: async () => undefined },
    now: () => now,
  };
  return countPreviewShard(
    ports as never,
    previews,
    { kind: 'preview', previewId: 'p', shard: '00', round: 1 },
    isTimeUp,
  );
}

test('a shard whose turn to be read never came is handed over', async () => {
  const outOfTime = () => Promise.reject(new TimeUp());
  expect(await count(outOfTime, () => false)).toEqual({ isFinished: false });
});

test('a shard that was read and is not through one page would begin with it for ever: that is an error', async () => {
  let isOver = false;
  const cut = async (): Promise<LeadPage> => {
    isOver = true;
    return { leads: [unknownLead('a')], next: 'a' };
  };
  // Time is up in the middle of the page's events.
  const counted = count(cut, () => isOver, [viewed]);
  await expect(counted).rejects.toThrow('takes too long a page');
});
