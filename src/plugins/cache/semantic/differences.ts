export interface Differences {
  /** Words of the longest common subsequence. */
  readonly common: number;
  /** Places at which one text has other words than the other, or more: the words of both. */
  readonly edits: readonly Edit[];
}
export interface Edit {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

/** Words of each text that are compared. */
const MOST = 400;

/** How two texts differ, word by word. */
export function differences(whole: readonly string[], otherWhole: readonly string[]): Differences {
  const [one, other] = [whole.slice(0, MOST), otherWhole.slice(0, MOST)];
  const width = other.length + 1;
  /** Of the rest of both from here on. */
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let row = one.length - 1; row >= 0; row -= 1)
    for (let column = other.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      lengths[at] =
        one[row] === other[column]
          ? (lengths[at + width + 1] as number) + 1
          : Math.max(lengths[at + width] as number, lengths[at + 1] as number);
    }
  const edits: { one: string[]; other: string[] }[] = [];
  let [row, column] = [0, 0];
  let isEdit = false;
  while (row < one.length || column < other.length) {
    const same = row < one.length && column < other.length && one[row] === other[column];
    if (!same && !isEdit) edits.push({ one: [], other: [] });
    isEdit = !same;
    const at = row * width + column;
    const down =
      row < one.length && (column >= other.length || (lengths[at + width] as number) >= (lengths[at + 1] as number));
    if (!same && down) edits.at(-1)?.one.push(one[row] as string);
    if (!same && !down) edits.at(-1)?.other.push(other[column] as string);
    if (same || down) row += 1;
    if (same || !down) column += 1;
  }
  return { common: lengths[0] as number, edits };
}
