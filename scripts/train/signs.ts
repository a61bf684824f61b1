/** The required sign of each feature's weight. Other features may have either. */
type Signs = Readonly<Record<string, 1 | -1>>;
const signs = (up: string, down: string): Signs =>
  Object.fromEntries([
    ...up.split(', ').map((name) => [name, 1] as const),
    ...down.split(', ').map((name) => [name, -1] as const),
  ]);

export const GROUNDING_SIGNS = signs(
  'pairs, triples, characters, longest run, best sentence, best two sentences, least sentence, copied whole',
  'novel share, novel weight, novel words, novel to question too, numbers novel, names novel, conflicts, number conflicts, name conflicts, negation conflicts, opposites, contradictions, opposites anywhere, negations anywhere, negations more, speaker, asks',
);
export const RELEVANCE_SIGNS = signs(
  'covered, covered at the beginning, covered by sources, longest word, longest run, precision, fits what is asked, does not fit, chinese covered, bridges',
  'declines',
);
export const COMPLETENESS_SIGNS = signs(
  'covered, sources recalled, length, parts, relevance',
  'declines, cut off, very short',
);
export const COHERENCE_SIGNS = signs(
  '',
  'repeated sentences, repeated runs, stuttering, cut off, unbalanced, strange characters, no sentence',
);
export const OVERALL_SIGNS = signs('groundedness, relevance, completeness, coherence', 'contradictions');
