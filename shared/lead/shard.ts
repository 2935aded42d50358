/** How many slices all leads are in; part of the keys of stored items, so it never changes. */
export const shardCount = 32;

/** Every shard's name, in order: "00" to "31". */
export const shards: readonly string[] = Array.from({ length: shardCount }, (_, index) => nameOf(index));

/** The shard of a lead: FNV-1a (32 bit) of its id, which is ASCII. */
export function shardOf(leadId: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < leadId.length; index++) {
    hash = Math.imul(hash ^ leadId.charCodeAt(index), 0x01000193);
  }
  return shards[((hash >>> 0) ^ (hash >>> 16)) & (shardCount - 1)]!;
}

function nameOf(index: number): string {
  return String(index).padStart(2, '0');
}
