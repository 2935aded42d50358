import { describe, expect, test, vi } from 'vitest';
import type { Operator } from '../../shared/rule/operator.ts';

/** A made-up operator: text that reads the same in both directions. */
const drill = vi.hoisted(() => ({
  name: 'is_palindrome_with',
  operand: 'text',
  phrase: 'is a palindrome with',
  phraseAfter: 'in it',
  on: 'field',
  isComplement: false,
  positiveName: 'is_palindrome_with',
  readsClock: false,
  test: (part: unknown) => (element: unknown) =>
    typeof element === 'string' && element.includes(String(part)) && [...element].reverse().join('') === element,
  heldDuring: undefined,
  holds: undefined,
  index: undefined,
}));

// What a contributor does: a row in the table. Nothing else knows of it.
vi.mock('../../shared/rule/operator.ts', async (importOriginal) => {
  const table = await importOriginal<typeof import('../../shared/rule/operator.ts')>();
  const operator = drill as unknown as Operator;
  (table.operators as Map<string, Operator>).set(drill.name, operator);
  table.operatorNames.push(operator.name);
  return table;
});

const { rulesInputSchema } = await import('../../shared/rule/rule.ts');
const { describeRule } = await import('../../shared/rule/describe.ts');
const { compileCatalog } = await import('../../shared/catalog/catalog.ts');
const { segmentsThatMayFlip } = await import('../../shared/matcher/matcher.ts');
const { unknownLead } = await import('../../shared/lead/lead-document.ts');
const { noEvents } = await import('../../shared/lead/event-order.ts');
const { defaultLevels } = await import('../../shared/vocabulary/levels.ts');
const { openApiOf } = await import('../../shared/http/openapi.ts');
const { operatorSections } = await import('../../console/drafts/operator-sections.ts');
const { operatorsOn } = await import('../../oracle/random-values.ts');

describe('an operator that is added to the table', () => {
  const rule = { type: 'lead_metadata', field: 'name', operator: drill.name, value: 'n' };
  const rules = rulesInputSchema.parse([rule]);

  test('is validated', () => {
    expect(rules).toEqual([rule]);
    expect(rulesInputSchema.safeParse([{ ...rule, value: 3 }]).error?.issues).toMatchObject([
      { path: [0, 'value'], message: 'must be text' },
    ]);
    expect(rulesInputSchema.safeParse([{ type: 'engagement_level', operator: drill.name, value: 'n' }]).success).toBe(
      false,
    );
  });

  test('is matched and evaluated', () => {
    const savedAt = '2026-03-10T12:00:00.000Z';
    const saved = { savedInCatalog: 1, savedAt, silent: false, createdAt: savedAt, updatedAt: savedAt };
    const segment = { id: 's', name: 's', description: '', active: true, match: 'all' as const, rules, revision: 1 };
    const context = { levels: defaultLevels, eventRetentionDays: 400 };
    const catalog = compileCatalog(1, [{ ...segment, ...saved, conditions: [] }], context);
    const named = (name: string) => ({ ...unknownLead('l1'), version: 1, attributes: { name } });
    const [hannah, anna, bob] = ['hannah', 'anna', 'bob'].map(named);
    const flips = (before: typeof hannah, after: typeof hannah) =>
      segmentsThatMayFlip(catalog.matcher, before!, after!, ['lead:name']).map(({ segmentId }) => segmentId);
    expect(flips(bob, anna)).toEqual(['s']);
    expect(flips(hannah, anna)).toEqual([]);
    const holds = (document: typeof hannah) =>
      catalog.active.get('s')!.holds({
        document: document!,
        now: 0,
        events: () => noEvents,
        eventsFlipAt: () => Number.POSITIVE_INFINITY,
        isMemberOf: () => false,
      });
    expect([hannah, anna, bob].map(holds)).toEqual([true, true, false]);
  });

  test('has its sentence', () => {
    expect(describeRule(rules[0]!)).toBe('name is a palindrome with "n" in it');
  });

  test('is in the contract and in the menu of the console', () => {
    expect(JSON.stringify(openApiOf())).toContain(`"${drill.name}"`);
    const text = operatorSections(['text'], 'equals').find(({ operators }) =>
      operators.some(({ name }) => name === 'contains'),
    );
    expect(text?.operators).toContainEqual({ name: drill.name, label: 'is a palindrome with … in it' });
    expect(JSON.stringify(operatorSections('level', 'equals'))).not.toContain(drill.name);
  });

  test('is drawn by the random worlds, to be held against the oracle', () => {
    expect(operatorsOn('field').map(({ name }) => name)).toContain(drill.name);
  });
});
