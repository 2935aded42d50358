import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StackFile } from '../../local/stack-file.ts';
import type { LeadDocument } from '../../shared/lead/lead-document.ts';
import { createLeadStore } from '../../shared/lead/lead-store.ts';
import { createKeyedHash } from '../../shared/privacy/keyed-hash.ts';
import { createTransitionStore } from '../../shared/projection/transition-store.ts';

/** The documents and the history of a running stack, as they are stored. */
export class LeadDocuments {
  private readonly dynamodb: DynamoDBClient;
  private readonly leads: ReturnType<typeof createLeadStore>;
  private readonly transitions: ReturnType<typeof createTransitionStore>;
  /** Silent transitions that are known, by lead and segment. */
  private readonly silent = new Map<string, Set<number>>();

  constructor({ endpoints, region, credentials, tables }: StackFile) {
    this.dynamodb = new DynamoDBClient({ region, endpoint: endpoints.dynamodb, credentials: { ...credentials } });
    this.leads = createLeadStore(this.dynamodb, tables.leads!, createKeyedHash('a key of benches'));
    this.transitions = createTransitionStore(this.dynamodb, tables.transitions!, 400);
  }

  /** The documents of a shard, strongly consistent. */
  ofShard = async (shard: string): Promise<readonly LeadDocument[]> => {
    const documents: LeadDocument[] = [];
    for (let after: string | undefined; ; ) {
      const { leads, next } = await this.leads.page(shard, after, 500);
      documents.push(...leads);
      if (next === undefined) return documents;
      after = next;
    }
  };

  /** The numbers of a lead's transitions in a segment that were silent, by the history. */
  silentOf = async (leadId: string, segmentId: string): Promise<ReadonlySet<number>> => {
    for (let before: string | undefined; ; ) {
      const { transitions, next } = await this.transitions.ofLead(leadId, before, 1_000);
      for (const transition of transitions) {
        if (transition.silent) this.silentIn(leadId, transition.segmentId).add(transition.sequence);
      }
      if (next === undefined) return this.silentIn(leadId, segmentId);
      before = next;
    }
  };

  stop(): void {
    this.dynamodb.destroy();
  }

  private silentIn(leadId: string, segmentId: string): Set<number> {
    const pair = `${leadId} ${segmentId}`;
    const known = this.silent.get(pair) ?? new Set<number>();
    this.silent.set(pair, known);
    return known;
  }
}
