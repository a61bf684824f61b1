/** GPTCache's own pairs: a sentence that is cached, and a rewording of it that is asked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CachePair {
  readonly id: number;
  readonly cached: string;
  readonly query: string;
}

export const cachePairs = (data: string): CachePair[] =>
  readFileSync(join(data, 'cache_gptcache_en', 'dev.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CachePair);

/** Share of the words of two sentences that they have in common, from which on they are twins: a hit on either is right. */
const TWINS = 0.6;

/** A number a pair, the same for pairs whose cached sentences are twins of each other, or of a common third. */
export function twinClasses(pairs: readonly CachePair[]): number[] {
  const words = pairs.map(({ cached }) => new Set(cached.toLowerCase().match(/[\p{L}\p{N}_]+/gu)));
  const classes = pairs.map((_pair, place) => place);
  const rootOf = (place: number): number => (classes[place] === place ? place : rootOf(classes[place] as number));
  for (const [place, some] of words.entries())
    for (let other = 0; other < place; other += 1) {
      const others = words[other] as Set<string>;
      const common = some.intersection(others).size;
      if (common >= TWINS * (some.size + others.size - common)) classes[rootOf(place)] = rootOf(other);
    }
  return classes.map((_class, place) => rootOf(place));
}
