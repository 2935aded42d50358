import type { Segment } from '../shared/catalog/segment.ts';
import {
  type AccountChange,
  accountChangeSchema,
  type LeadChange,
  leadEventSchema,
  levelChangeSchema,
  profileChangeSchema,
} from '../shared/lead/change.ts';
import { evaluateLeads } from '../shared/membership/evaluate-leads.ts';
import { rulesInputSchema } from '../shared/rule/rule.ts';
import { planCreate, type SaveContext } from '../shared/segment/save-segment.ts';
import type { Chance } from './chance.ts';
import type { MemoryWorld } from './memory-world.ts';
import type { OracleChange } from './oracle.ts';
import { randomRule } from './random-world.ts';

/** A change of a lead as its worker reads it. */
export function asLeadChange({ queue, message }: OracleChange): LeadChange {
  if (queue === 'profile') return { kind: 'profile_change', ...profileChangeSchema.parse(message) };
  if (queue === 'level') return { kind: 'level_change', ...levelChangeSchema.parse(message) };
  return { kind: 'lead_event', ...leadEventSchema.parse(message) };
}

/** Delivers a batch as the workers do: events stored first, accounts updated and fanned out, leads evaluated together. */
export async function deliver(world: MemoryWorld, batch: OracleChange[]): Promise<void> {
  const byLead = new Map<string, LeadChange[]>();
  const accountIds = new Set<string>();
  for (const change of batch) {
    if (change.queue === 'account') {
      const parsed: AccountChange = accountChangeSchema.parse(change.message);
      world.changeAccount(parsed);
      accountIds.add(parsed.accountId);
      continue;
    }
    const parsed = asLeadChange(change);
    if (parsed.kind === 'lead_event' && !world.events.some((event) => event.eventId === parsed.eventId)) {
      world.events.push(parsed);
    }
    byLead.set(parsed.leadId, [...(byLead.get(parsed.leadId) ?? []), parsed]);
  }
  await evaluateLeads(
    world.ports,
    [...byLead].map(([leadId, changes]) => ({ leadId, changes })),
  );
  for (const accountId of accountIds) {
    await evaluateLeads(
      world.ports,
      world.leadsOf(accountId).map((leadId) => ({ leadId, accountId })),
    );
  }
}

/** Saves new active segments with random rules, which may refer to those before them. */
export function randomSegments(chance: Chance, world: MemoryWorld, count: number): Segment[] {
  let serial = 0;
  const context = (): SaveContext => ({
    catalogVersion: world.catalog.version,
    known: world.catalog.known,
    now: new Date(world.now).toISOString(),
    author: 'bench',
    newId: (prefix) => `${prefix}_${world.catalog.version}x${serial++}`,
  });
  const made: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const rules = chance.some(3, () =>
      randomRule(
        chance,
        world.now,
        made.map(({ id }) => id),
      ),
    );
    const plan = planCreate(
      {
        name: `Segment ${world.catalog.version} ${index}`,
        description: '',
        active: true,
        match: chance.oneOf(['all', 'any'] as const),
        rules: rulesInputSchema.parse(rules),
      },
      context(),
    );
    world.save(plan.after!);
    made.push(plan.after!);
  }
  return made;
}
