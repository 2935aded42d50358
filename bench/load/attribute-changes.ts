import { type Json, type OracleSegment, segmentsOf } from '../../oracle/oracle.ts';
import type { Segment } from '../../shared/catalog/segment.ts';
import type { Value } from '../../shared/rule/value.ts';
import { madeAttributes, seededChance } from '../lead-world.ts';
import { leadIdsOf } from './load-world.ts';

/** A message of the queue `profile-changes`. */
interface AttributeChange {
  readonly leadId: string;
  readonly changeId: string;
  readonly occurredAt: string;
  readonly attributes: Readonly<Record<string, Value | null>>;
}

/** Makes changes of attributes, and knows by the oracle what they flip. Leads take turns. */
export class AttributeChanges {
  private readonly chance = seededChance(23);
  private readonly segments: OracleSegment[];
  private readonly leads: { leadId: string; attributes: Map<string, Value | null> }[];
  private readonly startedAt = Date.now() - 3_600_000;
  private turn = 0;
  private serial = 0;

  constructor(segments: ReadonlyMap<string, Segment>, leads: number) {
    this.segments = [...segments.values()].map(({ id, active, match, rules }) => ({
      ...{ id, active, match },
      rules: rules.map((rule): Json => ({ ...rule })),
    }));
    this.leads = leadIdsOf(leads).map((leadId) => ({ leadId, attributes: new Map() }));
  }

  /** Every lead's first message. */
  first(): AttributeChange[] {
    return this.leads.map(() => this.change(() => madeAttributes(this.chance)));
  }

  /** Changes of three attributes each, as they come: some flip memberships. */
  any(count: number): AttributeChange[] {
    return Array.from({ length: count }, () => this.change(() => madeAttributes(this.chance, 3)));
  }

  /** Changes of three attributes each that change something, but no membership. */
  thatFlipNothing(count: number): AttributeChange[] {
    return Array.from({ length: count }, () =>
      this.change((lead) => {
        const inNow = this.segmentsWith(lead);
        for (;;) {
          const attributes = madeAttributes(this.chance, 3);
          const after = new Map([...lead, ...Object.entries(attributes)]);
          const isNews = Object.entries(attributes).some(([name, value]) => lead.get(name) !== value);
          if (isNews && this.segmentsWith(after) === inNow) return attributes;
        }
      }),
    );
  }

  private segmentsWith(attributes: Map<string, unknown>): string {
    const facts = { attributes, accountAttributes: new Map(), events: [] };
    return [...segmentsOf(facts, this.segments, this.startedAt)].join();
  }

  private change(attributesFor: (before: Map<string, Value | null>) => AttributeChange['attributes']): AttributeChange {
    const lead = this.leads[this.turn++ % this.leads.length]!;
    const attributes = attributesFor(lead.attributes);
    for (const [name, value] of Object.entries(attributes)) lead.attributes.set(name, value);
    const serial = this.serial++;
    const occurredAt = new Date(this.startedAt + serial * 10).toISOString();
    return { leadId: lead.leadId, changeId: `change-${serial}`, occurredAt, attributes };
  }
}
