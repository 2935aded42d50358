import { expect, it } from 'vitest';
import {
  accountChangeSchema,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../../../shared/lead/change.ts';
import { demoAccounts, demoChange, demoLead, demoLeadCount, seededRandom } from '../../../tools/demo/demo-data.ts';

const base = Date.parse('2026-11-22T09:00:00Z');
const schemas = {
  profileChanges: profileChangeSchema,
  levelChanges: levelChangeSchema,
  leadEvents: leadEventSchema,
  accountChanges: accountChangeSchema,
};
const numbers = Array.from({ length: demoLeadCount }, (_, index) => index + 1);
const messages = [...demoAccounts(base), ...numbers.flatMap((number) => demoLead(number, base))];

it('invents messages that the queues take, none of them in the future', () => {
  for (const { queue, content } of messages) {
    const { occurredAt } = schemas[queue].parse(content);
    expect(occurredAt).toBeLessThanOrEqual(base);
  }
});

it('invents the same each time', () => {
  const again = [...demoAccounts(base), ...numbers.flatMap((number) => demoLead(number, base))];
  expect(again).toEqual(messages);
});

it('invents changes that the queues take', () => {
  const random = seededRandom(1);
  const changes = Array.from({ length: 500 }, (_, index) => demoChange(random, base, `change-${index}`));
  for (const { queue, content } of changes) schemas[queue].parse(content);
  expect(new Set(changes.map(({ queue }) => queue))).toEqual(new Set(['profileChanges', 'levelChanges', 'leadEvents']));
});
