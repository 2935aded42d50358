import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import { type LeadDocument, unknownLead } from '../../shared/lead/lead-document.ts';
import { nextTransition } from '../../shared/membership/transition.ts';
import { rowOf } from '../../shared/projection/membership-row.ts';
import { createRowRepairStore } from '../../shared/reconciliation/row-repair-store.ts';
import { dynamodb, eventBridge, sqs, withoutPauses } from '../queues/faults.ts';

withoutPauses();
const bus = mockClient(eventBridge);
const queue = mockClient(sqs);
let done: string[];

beforeEach(() => {
  done = [];
  bus.reset();
  queue.reset();
  bus.on(PutEventsCommand).callsFake(({ Entries }) => {
    done.push(...Entries.map(({ Detail }: { Detail: string }) => `told ${JSON.parse(Detail).id}`));
    return { Entries: [] };
  });
  queue.on(SendMessageBatchCommand).resolves({ Failed: [] });
  vi.spyOn(console, 'error').mockReturnValue();
});

const segment = { id: 'seg_1', name: 'Hot', revision: 1 } as Segment;
const catalog = { known: new Map([[segment.id, segment]]) } as unknown as Catalog;
const cause = { kind: 'profile_change', occurredAt: '2026-03-10T12:00:00.000Z' } as const;
const { membership } = nextTransition(undefined, segment, 1_000, { reason: 'rules', cause, source: 'rules' });
const document: LeadDocument = { ...unknownLead('l1'), version: 4, memberships: { seg_1: membership } };
const drift = { leadId: 'l1', segmentId: 'seg_1', document, expected: rowOf(document, 'seg_1') };

const repair = (isInHistory: boolean) =>
  createRowRepairStore({
    dynamodb,
    membershipsTable: 'Memberships',
    projectRows: async (changes) => void (changes.length > 0 && done.push('listed')),
    transitions: {
      knows: async (asked) => asked.map(() => isInHistory),
      put: async (transitions) => void (transitions.length > 0 && done.push('history')),
    },
    bus: { eventBridge, sqs, busName: 'bus', deadLettersQueueUrl: 'https://parked' },
    async *partition() {},
  }).rows([drift], catalog);

test('tells what the projector never told, then lists it, then stores it: it may die in between as well', async () => {
  expect(await repair(false)).toBe(1);
  expect(done).toEqual(['told l1:seg_1:1', 'listed', 'history']);
});

test('lists nothing that could be neither told nor parked: the next pass finds it again', async () => {
  bus.on(PutEventsCommand).rejects(new Error('no bus'));
  queue.on(SendMessageBatchCommand).rejects(new Error('no queue'));
  await expect(repair(false)).rejects.toThrow('no queue');
  expect(done).toEqual([]);
});
