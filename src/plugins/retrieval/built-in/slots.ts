/** The slot of these hashes, or the free one where they would go. The second is never 0. */
export function slotOf(keys: Uint32Array, first: number, second: number): number {
  const mask = keys.length / 2 - 1;
  for (let slot = first & mask; ; slot = (slot + 1) & mask) {
    const found = keys[slot * 2 + 1];
    if (found === 0 || (found === second && keys[slot * 2] === first)) return slot;
  }
}
