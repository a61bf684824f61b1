import type { QualityReport, Sample, Score } from '#core/turn.ts';
import type { Judged, Judgement } from './judgement.ts';
import { OFFLINE_JUDGE } from './judgement.ts';

/** Converts a sample to the judge's input. The standalone query of a turn replaces an incomplete message. */
export const judgedOf = ({ query, response, context, history, turn }: Sample): Judged => ({
  query: turn?.query || query,
  response,
  context,
  history: history.map(({ content }) => content).join('\n'),
});

/**
 * A report by the names of the contract and of the field. `judge` names who judged, with its version. What judges need among
 * themselves stays out of it: a report is stored and sent with each answer.
 */
export function reportOf(
  judgement: Judgement,
  more: readonly Score[],
  source: 'RULE' | 'MODEL',
  judge: string,
): QualityReport {
  const { faithfulness, claims: _claims, measured: _measured, ...dimensions } = judgement;
  const score = (name: string, value: number, explanation: string | null): Score => ({
    name,
    value,
    label: null,
    explanation,
    source,
    judge,
  });
  const { groundedness, relevance, completeness, coherence, safety, overall, unsupported } = dimensions;
  const marked = unsupported.length > 0 ? `${unsupported.length} unsupported` : 'all claims are supported';
  return {
    ...dimensions,
    judge,
    scores: [
      ...(groundedness === null ? [] : [score('groundedness', groundedness, null)]),
      ...(faithfulness === null ? [] : [score('faithfulness', faithfulness, marked)]),
      score('answer_relevancy', relevance, null),
      score('completeness', completeness, null),
      score('coherence', coherence, null),
      score('safety', safety, null),
      score('overall', overall, null),
      ...more,
    ],
  };
}

export const offlineReport = (judgement: Judgement, more: readonly Score[]): QualityReport =>
  reportOf(judgement, more, 'RULE', OFFLINE_JUDGE);
