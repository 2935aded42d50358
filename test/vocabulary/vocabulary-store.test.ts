import { expect, test, vi } from 'vitest';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import type { Mentions } from '../../shared/vocabulary/mentions.ts';
import { createVocabularyStore } from '../../shared/vocabulary/vocabulary-store.ts';
import { createLoneClients } from '../races/lone-clients.ts';

const mentionOf = (value: string, leadId: string): Mentions =>
  new Map([['lead:city', { kinds: new Set(['text'] as const), values: new Map([[value, new Set([leadId])]]) }]]);

test('counts of who shares a value are written every ten seconds at most, a value that enough share at once', async () => {
  const { documents } = createLoneClients();
  const send = vi.spyOn(documents, 'send');
  let now = Date.parse('2026-03-10T12:00:00Z');
  const store = createVocabularyStore(documents, 'Segments', createKeyedHash('key'), () => now);
  const puts = () => send.mock.calls.filter(([command]) => command.constructor.name === 'PutCommand').length;

  await store.note(mentionOf('Bern', 'l1'));
  expect(puts()).toBe(1);
  for (const leadId of ['l2', 'l3', 'l4']) await store.note(mentionOf('Bern', leadId));
  expect(puts()).toBe(1);
  await store.note(mentionOf('Bern', 'l5'));
  expect(puts()).toBe(2);
  expect((await store.read()).get('lead:city')?.values).toEqual(new Set(['Bern']));

  await store.note(mentionOf('Basel', 'l1'));
  expect(puts()).toBe(2);
  now += 10_000;
  await store.note(mentionOf('Basel', 'l2'));
  expect(puts()).toBe(3);
});
