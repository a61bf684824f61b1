/** Measures of classifiers. */

export interface Counts {
  readonly hits: number;
  readonly falseAlarms: number;
  readonly misses: number;
}

export const f1 = ({ hits, falseAlarms, misses }: Counts): number =>
  (2 * hits) / Math.max(1, 2 * hits + falseAlarms + misses);

export function countsOf(samples: readonly { readonly said: boolean; readonly right: boolean }[]): Counts {
  return {
    hits: samples.filter(({ said, right }) => said && right).length,
    falseAlarms: samples.filter(({ said, right }) => said && !right).length,
    misses: samples.filter(({ said, right }) => !said && right).length,
  };
}

/** Area under the ROC curve: how often a positive scores higher than a negative; ties count half. */
export function auroc(samples: readonly { readonly score: number; readonly positive: boolean }[]): number {
  const sorted = samples.toSorted((a, b) => a.score - b.score);
  const positives = sorted.filter(({ positive }) => positive).length;
  let ranks = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to += 1;
    for (let at = from; at < to; at += 1) if (sorted[at]?.positive) ranks += (from + to + 1) / 2;
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
}

export const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / Math.max(1, flags.length);

/** Words of a text in lower case, CJK by characters. */
const words = (text: string): string[] => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [];

/** Overlap of a text with a reference in single words: recall is ROUGE-1 R. */
export function overlap(text: string, reference: string): { readonly recall: number; readonly f1: number } {
  const left = new Map<string, number>();
  for (const word of words(reference)) left.set(word, (left.get(word) ?? 0) + 1);
  let hits = 0;
  for (const word of words(text)) {
    const count = left.get(word) ?? 0;
    if (count > 0) hits += 1;
    left.set(word, count - 1);
  }
  const [length, wanted] = [words(text).length, words(reference).length];
  return { recall: hits / Math.max(1, wanted), f1: (2 * hits) / Math.max(1, length + wanted) };
}

/** A row of a table: what was measured, the figure, what it must reach, what was published, and a trivial baseline. */
export interface Measured {
  readonly name: string;
  readonly figure: number;
  readonly floor?: number;
  readonly published?: string;
  readonly baseline?: number;
  /** The same without the built-in encoder. */
  readonly words?: number;
}
export const measuredRows = (rows: readonly Measured[]): string[][] => [
  ['', 'figure', 'floor', '', 'published', 'trivial', 'words alone'],
  ...rows.map(({ name, figure, floor, published = '', baseline, words }) => [
    name,
    figure.toFixed(3),
    floor?.toFixed(3) ?? '',
    floor === undefined ? '' : figure >= floor ? 'reached' : 'BELOW',
    published,
    baseline?.toFixed(3) ?? '',
    words?.toFixed(3) ?? '',
  ]),
];
