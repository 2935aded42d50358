import { expect, test } from 'vitest';
import { unknownTable } from '../../shared/read-budget/ledger.ts';
import { createLedgerStore } from '../../shared/read-budget/ledger-store.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

const room = useWorkerRoom();
const slot = 1_790_000_000;
const storeOf = (scanned: string) => createLedgerStore(room.clients.documents, 'Segments', scanned);

test('claims of a slot add up, whoever makes them; other slots and tables have theirs', async () => {
  const [one, other] = [storeOf('leads'), storeOf('leads')];
  const claim = (key: string, units: number) => ({ key, units, least: 1 });
  expect(await one.claim(slot, [claim('07', 300), claim('11', 50)], 0)).toEqual({
    claims: 2,
    units: { '07': 300, '11': 50 },
  });
  expect(await other.claim(slot, [claim('07', 100), claim('#:name', 5)], 0)).toEqual({
    claims: 4,
    units: { '07': 400, '11': 50, '#:name': 5 },
  });
  expect((await one.claim(slot, [claim('11', 25)], 1)).claims).toBe(4);
  expect(await one.claim(slot + 1, [claim('07', 1)], 0)).toEqual({ claims: 1, units: { '07': 1 } });
  expect(await storeOf('events').claim(slot, [claim('07', 1)], 0)).toEqual({ claims: 1, units: { '07': 1 } });
  expect(await one.read(slot)).toEqual({ state: unknownTable, claims: 4 });
});

test('a limit is noted once for all who saw throttles at the same time; of pages the largest is known', async () => {
  const store = storeOf('memberships');
  await store.noteLimit(750, 5_000, 4_000);
  await store.noteLimit(700, 5_100, 4_000);
  await store.notePage(200);
  await store.notePage(60);
  expect(await store.read(slot)).toEqual({ state: { limit: 750, limitedAt: 5_000, pageUnits: 200 }, claims: 0 });
  await store.noteLimit(375, 6_500, 6_000);
  expect((await store.read(slot)).state.limit).toBe(375);
});
