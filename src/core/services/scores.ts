import type { FeedbackRecord } from '../records.ts';
import type { QualityReport, Score } from '../turn.ts';

/** The field's names of the dimensions: Ragas, https://docs.ragas.io/en/stable/concepts/metrics/. */
const NAMES = {
  groundedness: 'faithfulness',
  relevance: 'answer_relevancy',
  completeness: 'completeness',
  coherence: 'coherence',
  safety: 'safety',
  overall: 'overall',
} as const satisfies Partial<Record<keyof QualityReport, string>>;

/** All scores of a report by the field's names. A score from the judge itself replaces the one of its dimension. */
export function scoresOf(report: QualityReport): Score[] {
  const own = report.scores ?? [];
  const named = new Set(own.map(({ name }) => name));
  const source = own[0]?.source === 'MODEL' ? 'MODEL' : 'RULE';
  const dimensions = Object.entries(NAMES).flatMap(([dimension, name]): Score[] => {
    const value = report[dimension as keyof typeof NAMES];
    if (value === null || named.has(name)) return [];
    return [{ name, value, label: null, explanation: null, source, judge: report.judge }];
  });
  return [...dimensions, ...own];
}

/** A report with all scores of the others: of several judges the first one's dimensions count. */
export const withScoresOf = (report: QualityReport, others: readonly QualityReport[]): QualityReport =>
  others.length === 0 ? report : { ...report, scores: [...(report.scores ?? []), ...others.flatMap(scoresOf)] };

/** A report with what a person says of the answer: 1 for UP, 0 for DOWN. */
export const withRating = (report: QualityReport, { rating, comment }: FeedbackRecord): QualityReport => {
  const score: Score = {
    name: 'rating',
    value: rating === 'UP' ? 1 : 0,
    label: rating,
    explanation: comment,
    source: 'PERSON',
    judge: 'person',
  };
  return { ...report, scores: [...scoresOf(report), score] };
};
