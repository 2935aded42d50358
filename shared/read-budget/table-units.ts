/**
 * Read units a second that one partition serves, however large its table is:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html (2026-11-29). A unit is a
 * strongly consistent read of 4 KB.
 */
export const partitionUnits = 3_000;

/** Read units a second that all scans together may take of any partition: the other half is for the workers. */
export const scanUnits = partitionUnits / 2;

/**
 * Read units a second that a new on-demand table serves at once; it is then split as it grows, up to twice its last peak
 * within 30 minutes, and to 40,000 a table unless that quota is raised. What a table serves by now is its warm throughput:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html (2026-11-29).
 */
export const newTableUnits = 12_000;

/** How many partitions at least serve that many read units a second. */
export const partitionsOf = (readUnits: number): number => Math.max(1, Math.floor(readUnits / partitionUnits));

/** How seldom more partition keys may share a partition than is reckoned with. */
const acceptedChance = 0.001;

/**
 * How many of a table's partition keys may share one of its partitions. DynamoDB puts a key where a hash of it falls and
 * tells nobody, so this is a matter of chance: in one table of a thousand there are more.
 */
export function mostTogether(keys: number, partitions: number): number {
  if (partitions <= 1) return keys;
  const share = 1 / partitions;
  // Of a given partition: the chance to have exactly `most` keys, and more than that.
  let exactly = (1 - share) ** keys;
  let more = 1 - exactly;
  let most = 0;
  while (more * partitions > acceptedChance && most < keys) {
    exactly *= ((keys - most) / (most + 1)) * (share / (1 - share));
    most++;
    more -= exactly;
  }
  return Math.max(1, most);
}
