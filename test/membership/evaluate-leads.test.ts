import { expect, test } from 'vitest';
import { MemoryWorld } from '../../oracle/memory-world.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';
import { isMember } from '../../shared/lead/lead-document.ts';
import { evaluateLeads, type LeadPorts } from '../../shared/membership/evaluate-leads.ts';
import { planChange, planCreate, type SaveContext } from '../../shared/segment/save-segment.ts';

const isGerman = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' } as const;
const change = (occurredAt: string, country: string) => ({
  kind: 'profile_change' as const,
  ...profileChangeSchema.parse({ leadId: 'l1', occurredAt, attributes: { country } }),
});

/** A world with one segment of Germans and one lead from France. */
async function world(): Promise<{ world: MemoryWorld; segmentId: string; save: () => void }> {
  const made = new MemoryWorld();
  let serial = 0;
  const context = (): SaveContext => ({
    catalogVersion: made.catalog.version,
    known: made.catalog.known,
    now: new Date(made.now).toISOString(),
    author: 'ada',
    newId: (prefix) => `${prefix}_${serial++}`,
  });
  const content = { name: 'Germans', description: '', active: true, match: 'all' as const, rules: [isGerman] };
  const created = planCreate(content, context()).after!;
  made.save(created);
  await evaluateLeads(made.ports, [{ leadId: 'l1', changes: [change('2026-03-01T00:00:00Z', 'FR')] }]);
  const save = () => {
    const before = made.catalog.known.get(created.id)!;
    made.save(planChange(before, { description: 'again', rules: [isGerman] }, context()).after!);
  };
  return { world: made, segmentId: created.id, save };
}

/** The ports, with something that happens once, right after the first write. */
function afterFirstWrite(ports: LeadPorts, happens: () => Promise<void>): LeadPorts {
  let isFirst = true;
  return {
    ...ports,
    leads: {
      ...ports.leads,
      write: async (writes) => {
        const results = await ports.leads.write(writes);
        if (isFirst) {
          isFirst = false;
          await happens();
        }
        return results;
      },
    },
  };
}

const act = (segmentId: string, kind: 'added' | 'excluded') => ({
  leadId: 'l1',
  command: { id: `act_${kind}`, kind, segmentId, author: 'ada' },
});

test('a manual change is made once: catching up with a save does not do it over what somebody else did meanwhile', async () => {
  const { world: made, segmentId, save } = await world();
  const ports = afterFirstWrite(made.ports, async () => {
    await evaluateLeads(made.ports, [act(segmentId, 'excluded')]);
    save();
  });
  const { outcomes, failed } = await evaluateLeads(ports, [act(segmentId, 'added')]);
  expect(failed.size).toBe(0);
  expect(outcomes.get('l1')?.manualResult).toEqual({ wasMember: false, wasExcluded: false, isDone: true });
  expect(isMember(made.documents.get('l1')!, segmentId)).toBe(false);
  expect(made.documents.get('l1')?.manualChanges?.[segmentId]?.kind).toBe('excluded');
});

test('a deletion is done once: what is heard of the lead meanwhile is not deleted with it', async () => {
  const { world: made, save } = await world();
  const ports = afterFirstWrite(made.ports, async () => {
    await evaluateLeads(made.ports, [{ leadId: 'l1', changes: [change('2027-01-01T00:00:00Z', 'DE')] }]);
    save();
  });
  const { outcomes } = await evaluateLeads(ports, [{ leadId: 'l1', deletes: true }]);
  expect(outcomes.get('l1')).toMatchObject({ wasDeleted: true });
  expect(made.documents.get('l1')).toMatchObject({ attributes: { country: 'DE' } });
  expect(made.documents.get('l1')).not.toHaveProperty('isDeleted');
});
