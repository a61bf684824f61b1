import { Best, type Scored } from './best.ts';
import type { Runs } from './runs.ts';

/** The best entries of the runs with a score over 0, best first; the earlier first among equals. */
export function topEntries(scores: Float32Array, count: number, runs: Runs): Scored[] {
  const best = new Best(count);
  let least = 0;
  for (const [first, end] of runs)
    for (let entry = first; entry < end; entry += 1) {
      const score = scores[entry] as number;
      if (score <= least) continue;
      best.offer(entry, score);
      least = Math.max(least, best.least);
    }
  return best.sorted();
}
