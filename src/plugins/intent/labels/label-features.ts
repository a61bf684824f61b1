/** Features for a team's labels: n-grams, stems, and pairs of content words wherever they stand. */
import { FeatureBuilder, type Features } from '../classifier/features.ts';
import { tokensOf } from '../classifier/tokens.ts';
import { stemOf } from '../dialogue/words.ts';

const FUNCTION_WORDS = new Set(
  `a an the is are am was were be been i my me you your it to of in on for and or do does did can could would will have has had
that this with at so ? !`.split(/\s+/),
);
/** Pairs are made of the first different content words: their number grows by the square. */
const PAIRED_WORDS = 14;

export function labelFeatures(text: string): Features {
  const builder = new FeatureBuilder().ngrams(text);
  const stems = tokensOf(text).map(stemOf);
  for (const stem of stems) builder.add(`stem ${stem}`);
  const content = [...new Set(stems.filter((stem) => !FUNCTION_WORDS.has(stem)))].slice(0, PAIRED_WORDS);
  for (const [place, stem] of content.entries())
    for (const other of content.slice(place + 1))
      builder.add(stem < other ? `pair ${stem} ${other}` : `pair ${other} ${stem}`);
  return builder.build();
}
