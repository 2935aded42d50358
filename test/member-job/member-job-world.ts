import { MemoryWorld } from '../../oracle/memory-world.ts';
import { idInKey } from '../../shared/id/id-in-key.ts';
import { profileChangeSchema } from '../../shared/lead/change.ts';
import { isMember, type LeadDocument } from '../../shared/lead/lead-document.ts';
import type { ManualChangeKind } from '../../shared/lead/manual-change.ts';
import { shardOf } from '../../shared/lead/shard.ts';
import { type MemberJob, type MemberJobMessage, queuedJob } from '../../shared/member-job/member-job.ts';
import { createMemberJobRunner, type MemberJobPorts } from '../../shared/member-job/run-member-job.ts';
import { evaluateLeads } from '../../shared/membership/evaluate-leads.ts';
import type { Rule } from '../../shared/rule/rule.ts';
import type { Value } from '../../shared/rule/value.ts';
import { planCreate } from '../../shared/segment/save-segment.ts';

/** The worker dies here. */
export class Killed extends Error {}

const leadsPerPage = 2;
export const isGerman: Rule = { type: 'lead_metadata', field: 'country', operator: 'equals', value: 'DE' };

/** Jobs whose leads, record and messages are in memory: three hundred leads, every third German. */
export async function memberJobWorld(rules: readonly Rule[] = [isGerman], kind: ManualChangeKind = 'added') {
  const world = new MemoryWorld();
  const segmentId = 'guests';
  const now = () => new Date(world.now).toISOString();
  const save = (id: string, of: readonly Rule[]) => {
    const segment = { name: id, description: '', active: true, match: 'all' as const, rules: of };
    const context = { catalogVersion: world.catalog.version, known: world.catalog.known, now: now(), author: 'ada' };
    world.save(planCreate(segment, { ...context, newId: (prefix) => (prefix === 'seg' ? id : `${prefix}_1`) }).after!);
  };
  save(segmentId, [{ type: 'lead_metadata', field: 'country', operator: 'equals', value: 'nowhere' }]);
  const change = async (leadId: string, attributes: Readonly<Record<string, Value>>) => {
    const profile = profileChangeSchema.parse({ leadId, occurredAt: now(), attributes });
    await evaluateLeads(world.ports, [{ leadId, changes: [{ kind: 'profile_change', ...profile }] }]);
  };
  for (let index = 0; index < 300; index++) await change(`lead-${index}`, { country: index % 3 === 0 ? 'DE' : 'FR' });
  world.now += 60_000;

  const question = { match: 'all' as const, rules, now: world.now, context: world.catalog.context };
  const asked = { jobId: 'job_1', segmentId, kind, author: 'ann', reason: 'fair', question, of: 290 };
  const state = { job: queuedJob(asked, world.now) as MemberJob | undefined };
  world.now += 1;
  /** Called before whatever changes anything, and before each page; may throw. */
  let before: (what: 'change' | 'evaluate' | 'page') => void | Promise<void> = () => undefined;
  const noted: unknown[] = [];
  const ports: MemberJobPorts = {
    now: () => ++world.now,
    note: (_what, error) => void noted.push(error),
    catalog: world.ports.catalog,
    async *eventPages(eventType) {
      yield* world.eventPages(eventType);
    },
    jobs: {
      get: async () => structuredClone(state.job),
      change: async (job, values) => {
        await before('change');
        if (state.job?.version !== job.version) return undefined;
        const entries = Object.entries({ ...job, ...values, version: job.version + 1 });
        state.job = structuredClone(Object.fromEntries(entries.filter(([, value]) => value !== undefined))) as never;
        return structuredClone(state.job);
      },
    },
    pages: async (shard, after) => {
      await before('page');
      const isAfter = (leadId: string) => after === undefined || idInKey(leadId) > idInKey(after);
      const here = [...world.documents.values()].filter(({ leadId }) => shardOf(leadId) === shard && isAfter(leadId));
      const sorted = here.sort((a, b) => (idInKey(a.leadId) < idInKey(b.leadId) ? -1 : 1));
      const leads = sorted.slice(0, leadsPerPage);
      return { leads, ...(sorted.length > leadsPerPage && { next: leads.at(-1)!.leadId }) };
    },
    evaluate: async (work) => {
      await before('evaluate');
      return evaluateLeads({ ...world.ports, now: () => ++world.now }, work);
    },
  };
  const message: MemberJobMessage = { kind: 'member_job', segmentId, jobId: 'job_1', attempt: 0 };
  const membersOf = (of = segmentId) =>
    [...world.documents.values()].filter((lead: LeadDocument) => isMember(lead, of));
  return {
    world,
    state,
    ports,
    noted,
    save,
    change,
    members: () => membersOf(),
    run: (more: Partial<MemberJobMessage> = {}, isTimeUp = () => false) =>
      createMemberJobRunner(ports)({ ...message, ...more }, isTimeUp),
    beforeSteps: (run: typeof before) => {
      before = run;
    },
    /** What a person does about a lead. */
    act: (leadId: string, of: ManualChangeKind, id = `act_${leadId}`) =>
      evaluateLeads({ ...world.ports, now: () => ++world.now }, [
        { leadId, command: { id, segmentId, kind: of, author: 'bob' } },
      ]),
  };
}
