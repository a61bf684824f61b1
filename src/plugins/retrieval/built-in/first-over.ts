/** The place, from `from` on, of the first of these rising numbers that is over `least`; their length where none is. */
export function firstOver(numbers: Uint32Array, least: number, from = 0): number {
  let [first, end] = [from, numbers.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if ((numbers[middle] as number) > least) end = middle;
    else first = middle + 1;
  }
  return first;
}
