import { Best, type Scored } from './best.ts';
import type { Runs } from './runs.ts';

/** The best entries of the runs with a score over 0, best first; the earlier first among equals. */
export function topEntries(scores: Float32Array, count: number, runs: Runs): Scored[] {
  const best = new Best(count);
  best.least = 0;
  for (const [first, end] of runs)
    for (let entry = first; entry < end; entry += 1)
      if ((scores[entry] as number) > best.least) best.offer(entry, scores[entry] as number);
  return best.sorted();
}
