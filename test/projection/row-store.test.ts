import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createActivityStore } from '../../shared/projection/activity-store.ts';
import { createMemberCountStore } from '../../shared/projection/member-count-store.ts';
import type { MembershipRow, RowChange } from '../../shared/projection/membership-row.ts';
import { createRowBatchStore } from '../../shared/projection/row-batch-store.ts';
import { excludedKey, memberKey } from '../../shared/projection/row-keys.ts';
import { createRowStore } from '../../shared/projection/row-store.ts';
import { withoutPauses } from '../queues/faults.ts';
import { useWorkerRoom } from '../queues/worker-room.ts';

withoutPauses();
const room = useWorkerRoom();
const day = '2026-03-10';
const occurredAt = Date.parse(`${day}T12:00:00.000Z`);

let serial = 0;
const newSegment = () => `seg_${String(++serial).padStart(4, '0')}`;
const change = (segmentId: string, sequence: number, leadId = 'l1', more: Partial<MembershipRow> = {}): RowChange => ({
  row: {
    leadId,
    segmentId,
    version: sequence,
    sequence,
    since: occurredAt,
    source: 'rules',
    isExcluded: false,
    ...more,
  },
  transitions: [
    {
      ...{ segmentId, segmentName: 'One', revision: 1, sequence, occurredAt, since: occurredAt, source: 'rules' },
      ...{ reason: 'rules', cause: { kind: 'profile_change', occurredAt: new Date(occurredAt).toISOString() } },
    },
  ],
});
const project = (...changes: RowChange[]) => createRowStore(room.clients.dynamodb, 'Memberships', 400)(changes);

const membersOf = async (segmentId: string) =>
  (await createMemberCountStore(room.clients.dynamodb, 'Memberships')([segmentId])).get(segmentId);
const dayOf = async (segmentId: string) => {
  const tables = { memberships: 'Memberships', transitions: 'Transitions' };
  const [counted] = await createActivityStore(room.clients.dynamodb, tables).days(segmentId, [day]);
  return [counted!.entered, counted!.exited];
};
const stored = async (key: ReturnType<typeof memberKey>) => {
  const Key = { pk: key.pk?.S, sk: key.sk?.S };
  return (await room.clients.documents.send(new GetCommand({ TableName: 'Memberships', Key }))).Item;
};

/** Has something befall calls of one kind: `befall` may call `next`, how often it likes, or throw. */
function onCalls(kind: string, befall: (next: () => Promise<never>, count: number) => Promise<never>): void {
  let count = 0;
  room.clients.dynamodb.middlewareStack.add(
    (next, context) => (args) =>
      String(context.commandName).startsWith(kind) ? befall(() => next(args) as Promise<never>, ++count) : next(args),
    { step: 'initialize', name: 'befalls' },
  );
}
afterEach(() => {
  room.clients.dynamodb.middlewareStack.remove('befalls');
});

describe('the projection of memberships', () => {
  test('writes a row and counts it, on its day too; again, or something older, does nothing', async () => {
    const id = newSegment();
    await project(change(id, 1));
    await project(change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [1, 0]]);
    await project(change(id, 2));
    await project(change(id, 1), change(id, 1, 'l2'));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [2, 1]]);
    expect(await stored(memberKey(id, 'l1'))).toMatchObject({ sequence: 2, version: 2, expiresAt: expect.any(Number) });
  });

  test('leaves nothing of what the row said before', async () => {
    const id = newSegment();
    const manual = { at: 5_000, author: 'ada', reason: 'asked us' };
    await project(change(id, 2));
    await project({ ...change(id, 2, 'l1', { version: 3, isExcluded: true, manual }), transitions: [] });
    const row = await stored(memberKey(id, 'l1'));
    expect(row).toMatchObject({ excludedAt: 5_000, author: 'ada', reason: 'asked us', expiresAt: null });
    expect(await stored(excludedKey(id, 'l1'))).toMatchObject({ since: 5_000, author: 'ada', reason: 'asked us' });
    await project(change(id, 3, 'l1', { version: 4 }));
    const after = await stored(memberKey(id, 'l1'));
    expect(after).toMatchObject({ excludedAt: null, author: null, reason: null, expiresAt: null });
    expect(await stored(excludedKey(id, 'l1'))).toBeUndefined();
    expect(await membersOf(id)).toBe(1);
  });

  test('counts many rows of many segments at once, each once', async () => {
    const ids = Array.from({ length: 130 }, newSegment);
    await project(...ids.flatMap((id) => [change(id, 1, 'l1'), change(id, 1, 'l2'), change(id, 2, 'l3')]));
    const counts = await createMemberCountStore(room.clients.dynamodb, 'Memberships')(ids);
    expect([...counts.values()]).toEqual(ids.map(() => 2));
    expect(await dayOf(ids[77]!)).toEqual([2, 1]);
  });
});

describe('each row is counted once', () => {
  const die = () => {
    throw new Error('killed');
  };
  const conflict = () => {
    const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }];
    return new TransactionCanceledException({ message: 'no', $metadata: {}, CancellationReasons });
  };

  test('also if the projector dies before it has counted: by who comes next with the same, or with more', async () => {
    const id = newSegment();
    onCalls('TransactWriteItems', die);
    await expect(project(change(id, 1), change(id, 1, 'l2'))).rejects.toThrow('killed');
    room.clients.dynamodb.middlewareStack.remove('befalls');
    expect(await membersOf(id)).toBe(0);
    await project(change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [1, 0]]);
    await project(change(id, 2, 'l2'), change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [2, 1]]);
  });

  test('also if the answer of the count was lost', async () => {
    const id = newSegment();
    onCalls('TransactWriteItems', async (next) => {
      await next();
      return die();
    });
    await expect(project(change(id, 1))).rejects.toThrow('killed');
    room.clients.dynamodb.middlewareStack.remove('befalls');
    await project(change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [1, 0]]);
  });

  test('also if the answer of the rows was lost, and the client sent them again', async () => {
    const id = newSegment();
    onCalls('BatchExecuteStatement', async (next, count) => {
      if (count === 1) await next();
      return next();
    });
    await project(change(id, 1), change(id, 1, 'l2'));
    expect([await membersOf(id), await dayOf(id)]).toEqual([2, [2, 0]]);
  });

  test('also if somebody else closes the batch between rows and count, and takes them along', async () => {
    const id = newSegment();
    onCalls('TransactWriteItems', async (next, count) => {
      if (count === 1) await project(change(id, 1), change(id, 2, 'l2'));
      return next();
    });
    await project(change(id, 1), change(id, 1, 'l2'));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [2, 1]]);
  });

  test('also when somebody finds out only days later why its writer failed', async () => {
    const id = newSegment();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 13 * 86_400_000);
    onCalls('TransactWriteItems', die);
    await expect(project(change(id, 1))).rejects.toThrow('killed');
    room.clients.dynamodb.middlewareStack.remove('befalls');
    clock.mockRestore();
    await project(change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [1, 0]]);
  });

  test('also in the list of leads that are kept out', async () => {
    const id = newSegment();
    const manual = { at: 5_000, author: 'ada' };
    const excluded = { ...change(id, 0, 'l1', { version: 1, isExcluded: true, manual }), transitions: [] };
    onCalls('TransactWriteItems', die);
    await expect(project(excluded)).rejects.toThrow('killed');
    room.clients.dynamodb.middlewareStack.remove('befalls');
    expect(await stored(excludedKey(id, 'l1'))).toBeUndefined();
    await project(excluded);
    expect(await stored(excludedKey(id, 'l1'))).toMatchObject({ since: 5_000, author: 'ada' });
  });

  test('without writing rows anew, if another counter was in the way', async () => {
    const id = newSegment();
    let tries = 0;
    onCalls('TransactWriteItems', async (next) => {
      if (++tries > 2) return next();
      throw conflict();
    });
    await project(change(id, 1));
    expect([tries, await membersOf(id), await dayOf(id)]).toEqual([3, 1, [1, 0]]);
  });

  test('or the batch fails, if its count is refused again and again', async () => {
    const id = newSegment();
    let tries = 0;
    onCalls('TransactWriteItems', async () => {
      tries++;
      throw conflict();
    });
    await expect(project(change(id, 1))).rejects.toThrow('1 memberships were still unprocessed');
    expect(tries).toBe(4 * 10);
    room.clients.dynamodb.middlewareStack.remove('befalls');
    await project(change(id, 1));
    expect([await membersOf(id), await dayOf(id)]).toEqual([1, [1, 0]]);
  });
});

describe('batches of rows', () => {
  const batches = () => createRowBatchStore(room.clients.dynamodb, 'Memberships');

  test('are counted or closed, whichever comes first, and stay so', async () => {
    const [counted, closed] = [batches().begin(), batches().begin()];
    expect(await batches().notCountedYet([counted])).toEqual(new Set([counted]));
    expect(await batches().count(counted, [])).toBe('counted');
    expect(await batches().uncounted([counted, closed, closed])).toEqual(new Set([closed]));
    expect(await batches().count(closed, [])).toBe('closed');
    expect(await batches().uncounted([counted, closed])).toEqual(new Set([closed]));
    expect(await batches().notCountedYet([counted, closed])).toEqual(new Set([closed]));
  });

  test('are closed once more, if a transaction was in the way', async () => {
    const batchId = batches().begin();
    onCalls('PutItem', async (next, count) => {
      if (count > 1) return next();
      throw new TransactionConflictException({ message: 'no', $metadata: {} });
    });
    expect(await batches().uncounted([batchId])).toEqual(new Set([batchId]));
    expect(await batches().count(batchId, [])).toBe('closed');
  });

  test('that are older than what can come back are left alone, and not counted any more', async () => {
    const old = '01KKBT84000000000000000000';
    expect(await batches().uncounted([old])).toEqual(new Set());
    expect(await batches().notCountedYet([old])).toEqual(new Set());
    expect(await batches().count(old, [])).toBe('closed');
    const { Items = [] } = await room.clients.documents.send(new ScanCommand({ TableName: 'Memberships' }));
    expect(Items.some(({ pk }) => pk.includes(old))).toBe(false);
  });
});
