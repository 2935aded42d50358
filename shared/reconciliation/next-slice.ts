import { newPass, type ShardPass } from './shard-pass.ts';

/** A pass without a step for that long (ms) is looked after. */
const stalledMs = 10 * 60_000;
/** How often the message of a pass is sent again before the rotation goes on without that shard, until its next turn. */
const maximumRestarts = 3;

/**
 * The pass whose message the schedule sends now: one that got stuck again, else one over the shard whose turn it is, the
 * longest not passed over. None while another pass is on its way. `now`: epoch ms; `passId`: for a new pass.
 */
export function nextSlice(
  passes: readonly ShardPass[],
  shards: readonly string[],
  { now, passId }: { now: number; passId: string },
): ShardPass | undefined {
  const at = new Date(now).toISOString();
  const open = passes.find(({ step, restarts }) => step !== 'done' && restarts < maximumRestarts);
  if (open) {
    const isStalled = now - Date.parse(open.progressedAt) > stalledMs;
    return isStalled ? { ...open, progressedAt: at, restarts: open.restarts + 1 } : undefined;
  }
  const byShard = new Map(passes.map((pass) => [pass.shard, pass]));
  const startedAt = (shard: string) => byShard.get(shard)?.startedAt ?? '';
  const shard = shards.reduce((oldest, other) => (startedAt(other) < startedAt(oldest) ? other : oldest));
  return newPass(shard, passId, at, byShard.get(shard));
}
