/** What a deployment may choose among. With more, a segment's count, which has two numbers a shard, would be dear to write. */
export const shardCounts: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128];

/** What is chosen where nothing else is. */
export const usualShardCount = 32;

/** The shard count that a text says. Throws when it is none of `shardCounts`. */
export function shardCountIn(text: string): number {
  const count = shardCounts.find((known) => String(known) === text);
  if (count === undefined) throw new Error(`The shard count must be one of ${shardCounts.join(', ')}, not "${text}"`);
  return count;
}

// The one setting that shared/ reads by itself: it is part of keys, as the hash is, and holds for as long as the data.
const { process } = globalThis as { process?: { readonly env: { readonly SHARD_COUNT?: string } } };

/** How many slices all leads are in: `SHARD_COUNT`, chosen at deployment, the same ever after. */
export const shardCount = shardCountIn(process?.env.SHARD_COUNT ?? String(usualShardCount));

/** The names of so many shards, in order: "00" to "31"; of more than a hundred, "000" to "127". */
export function shardNames(count: number): string[] {
  const digits = Math.max(2, String(count - 1).length);
  return Array.from({ length: count }, (_, index) => String(index).padStart(digits, '0'));
}

/** Every shard's name, in order. */
export const shards: readonly string[] = shardNames(shardCount);

/** The shard of a lead. */
export function shardOf(leadId: string): string {
  return shards[shardIndexOf(leadId, shardCount)]!;
}

/** Which of so many shards, a power of two, a lead is in: FNV-1a (32 bit) of its id, unit by unit. */
export function shardIndexOf(leadId: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < leadId.length; index++) {
    hash = Math.imul(hash ^ leadId.charCodeAt(index), 0x01000193);
  }
  return ((hash >>> 0) ^ (hash >>> 16)) & (count - 1);
}
