/** A question with what each of two models got right: 0 or 1. */
export interface Compared {
  readonly weak: number;
  readonly strong: number;
}

/** The questions with the highest scores go to the strong model; what that recovers of the gap between the models. */
export function recovery<T extends Compared>(lines: readonly T[], score: (line: T) => number) {
  const sorted = lines.map((line) => ({ line, score: score(line) })).sort((a, b) => b.score - a.score);
  const sum = (value: (line: T) => number) => lines.reduce((total, line) => total + value(line), 0);
  const [weak, strong] = [sum((line) => line.weak), sum((line) => line.strong)];
  const reached = (share: number) =>
    sorted
      .slice(0, Math.round(share * sorted.length))
      .reduce((total, { line }) => total + line.strong - line.weak, weak);
  const recovered = (share: number) => (reached(share) - weak) / (strong - weak);
  return {
    /** The share of the gap that is recovered if this share of the questions goes to the strong model. */
    recovered,
    /** The share of the strong model's quality that is kept. */
    kept: (share: number) => reached(share) / strong,
    /** RouteLLM's APGR (arXiv 2406.18665): the mean share that is recovered at 5, 15, … 95 %; .5 by chance. */
    apgr: Array.from({ length: 10 }, (_, index) => recovered(0.05 + index / 10)).reduce((a, b) => a + b, 0) / 10,
  };
}
