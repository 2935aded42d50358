import { z } from 'zod';
import { shards } from '../lead/shard.ts';
import { addFigures, agreementRateOf, driftOf, type Figures, noFigures } from './figures.ts';

/** One pass over a shard: first its leads with their rows, page by page, then the counts of its segments. */
export interface ShardPass {
  readonly shard: string;
  /** Names the pass; a newer one ends it. Ids sort by age. */
  readonly passId: string;
  /** ISO date-time. */
  readonly startedAt: string;
  /** ISO date-time of its last step, or of when its message was last sent. */
  readonly progressedAt: string;
  /** How often its message was sent again since its last step. */
  readonly restarts: number;
  readonly step: 'leads' | 'segments' | 'done';
  /** The last lead, or segment, that is done. */
  readonly after?: string;
  /** Leads seen so far. */
  readonly leads: number;
  /** How many leads the shard was known to have when the pass began. */
  readonly leadsBefore?: number;
  readonly figures: Figures;
  /** What the last pass that got through had to say. */
  readonly last?: FinishedPass;
  /** ISO date-time at which anything did not agree in this shard for the last time. */
  readonly lastDriftAt?: string;
}

/** What a pass over a whole shard found. */
export interface FinishedPass {
  /** ISO date-times. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly figures: Figures;
}

/** How far documents, rules and projections agree, as `GET /health` shows it: by the last pass over each shard. */
interface ReconciliationHealth {
  /** ISO date-time at which the oldest of these passes began. */
  readonly rotationStartedAt: string;
  /** Shards that have been passed over. */
  readonly shards: number;
  readonly compared: number;
  readonly agreed: number;
  /** 0 to 1. */
  readonly agreementRate: number;
  readonly repaired: number;
  /** ISO date-time. */
  readonly lastDriftAt?: string;
}

/** The message that asks for one shard to be reconciled. */
export const reconciliationMessageSchema = z.strictObject({
  kind: z.literal('reconciliation'),
  shard: z.enum(shards),
  passId: z.string().min(1).max(256),
});

/** Asks for one shard to be reconciled. */
export type ReconciliationMessage = z.infer<typeof reconciliationMessageSchema>;

/** A pass that is yet to begin, in place of the one before it. `startedAt`: ISO date-time. */
export function newPass(shard: string, passId: string, startedAt: string, before: ShardPass | undefined): ShardPass {
  const { last, lastDriftAt } = before ?? {};
  return {
    shard,
    passId,
    startedAt,
    progressedAt: startedAt,
    restarts: 0,
    step: 'leads',
    leads: 0,
    figures: noFigures,
    ...(last && { last }),
    ...(lastDriftAt !== undefined && { lastDriftAt }),
  };
}

/** Agreement over the last finished pass of each shard; undefined until there is one. */
export function reconciliationHealth(passes: readonly ShardPass[]): ReconciliationHealth | undefined {
  const finished = passes.flatMap(({ last }) => last ?? []);
  if (finished.length === 0) return undefined;
  const figures = finished.map((pass) => pass.figures).reduce(addFigures, noFigures);
  const drifts = passes.flatMap(({ lastDriftAt }) => lastDriftAt ?? []).sort();
  const lastDriftAt = drifts.at(-1);
  return {
    rotationStartedAt: finished.map(({ startedAt }) => startedAt).sort()[0]!,
    shards: finished.length,
    compared: figures.compared,
    agreed: figures.compared - driftOf(figures),
    agreementRate: agreementRateOf(figures),
    repaired: figures.repaired,
    ...(lastDriftAt !== undefined && { lastDriftAt }),
  };
}
