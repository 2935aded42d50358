/** Counts how often each key has come before: 25 MB for a million keys, and none is taken for another. */
export function createRepeatCounter() {
  let capacity = 1 << 12;
  let taken = 0;
  // For each slot: two hashes of its key, and how often it came; 0: it is free.
  let slots = new Uint32Array(capacity * 3);

  const slotOf = (first: number, second: number): number => {
    let slot = first & (capacity - 1);
    while (slots[slot * 3 + 2] !== 0 && (slots[slot * 3] !== first || slots[slot * 3 + 1] !== second)) {
      slot = (slot + 1) & (capacity - 1);
    }
    return slot * 3;
  };
  const grow = () => {
    const before = slots;
    capacity *= 2;
    slots = new Uint32Array(capacity * 3);
    for (let at = 0; at < before.length; at += 3) {
      if (before[at + 2] !== 0) slots.set(before.subarray(at, at + 3), slotOf(before[at]!, before[at + 1]!));
    }
  };

  /** How often the key was counted before this time. */
  return (key: string): number => {
    const [first, second] = hashesOf(key);
    const at = slotOf(first, second);
    const before = slots[at + 2]!;
    slots.set([first, second, before + 1], at);
    if (before === 0 && ++taken * 2 > capacity) grow();
    return before;
  };
}

/** Two independent hashes of 32 bits (cyrb53's). */
function hashesOf(text: string): [number, number] {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x9e3779b1);
    second = Math.imul(second ^ unit, 0x5f356495);
  }
  const mix = (a: number, b: number) => Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return [mix(first, second) >>> 0, mix(second, first) >>> 0];
}
