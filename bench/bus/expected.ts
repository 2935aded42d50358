import { type OracleChange, type OracleSegment, segmentsOf } from '../../oracle/oracle.ts';
import { Expectation } from '../load/end-state.ts';

/** What the oracle says of leads by all that was sent and saved, with what it knows of each lead kept. */
export class Expected {
  readonly segments = new Map<string, OracleSegment>();
  private readonly expectation = new Expectation();
  private readonly facts = new Map<string, ReturnType<Expectation['facts']>>();

  add(changes: readonly OracleChange[]): void {
    this.expectation.add(changes);
    for (const { queue, message } of changes) {
      if (queue === 'account') this.facts.clear();
      else this.facts.delete(String(message.leadId));
    }
  }

  /** The segments the lead is in at a moment (epoch ms). */
  of(leadId: string, moment: number): ReadonlySet<string> {
    if (!this.facts.has(leadId)) this.facts.set(leadId, this.expectation.facts(leadId));
    const facts = this.facts.get(leadId);
    return facts ? segmentsOf(facts, [...this.segments.values()], moment) : new Set();
  }
}
