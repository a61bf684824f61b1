/** The best entries with a score over 0, best first, of those that are allowed; the earlier first among equals. */
export function topEntries(scores: Float32Array, count: number, allowed: (entry: number) => boolean): number[] {
  const best: number[] = [];
  let least = 0;
  for (let entry = 0; entry < scores.length; entry += 1) {
    const score = scores[entry] as number;
    if (score <= least || !allowed(entry)) continue;
    let place = best.length;
    while (place > 0 && (scores[best[place - 1] as number] as number) < score) place -= 1;
    best.splice(place, 0, entry);
    if (best.length > count) best.pop();
    if (best.length === count) least = scores[best[count - 1] as number] as number;
  }
  return best;
}
